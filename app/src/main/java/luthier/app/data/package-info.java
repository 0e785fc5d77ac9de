/**
 * The data of the main job: {@link luthier.app.data.WordNet} reads WordNet 3.1 and {@link luthier.app.data.SupersenseTask}
 * makes of it a classification task with a test in distribution and one out of distribution.
 *
 * <pre>{@code
 * SupersenseTask.Split split = SupersenseTask.load().split(42, 6_000);
 * split.train().getFirst(); // Example[text=dog : a member of the genus Canis ..., label=1, synset=02086723-n]
 * }</pre>
 */
package luthier.app.data;
