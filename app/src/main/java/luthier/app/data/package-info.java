/**
 * The data of the main job: {@link luthier.app.data.WordNet} reads WordNet 3.1 and {@link luthier.app.data.SupersenseTask}
 * makes of it a classification task with a test in distribution and one out of distribution.
 * {@code SupersenseTask.load().split(42, 6_000)} gives training examples and both tests.
 */
package luthier.app.data;
