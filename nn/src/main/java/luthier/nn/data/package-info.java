/**
 * Examples to batches. {@link luthier.nn.data.BatchPlan} says which examples of which epoch go together,
 * {@link luthier.nn.data.TokenBatch} pads them to one length:
 *
 * {@snippet :
 * List<int[]> texts = List.of(new int[] {7}, new int[] {1, 2, 3}, new int[] {4, 5});
 * BatchPlan plan = BatchPlan.sorted(new int[] {1, 3, 2}, 2);
 * TokenBatch batch = TokenBatch.gather(texts, new int[] {0, 1, 1}, plan.batch(0), 0);
 * batch.ids(); // I64[2, 2][7, 0, 4, 5]
 * batch.labels(); // I64[2][0, 1]
 * }
 */
package luthier.nn.data;
