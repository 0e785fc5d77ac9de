/**
 * From a file to batches; knows nothing of layers. {@link luthier.nn.data.Rows} are the rows of a file, of any of its formats, with
 * their places; {@link luthier.nn.data.DataFiles} those of a folder by what they are for; {@link luthier.nn.data.Split} takes
 * validation rows out of them:
 *
 * {@snippet :
 * Path file = Files.writeString(Files.createTempFile("tickets", ".jsonl"), """
 *         {"text": "where is my parcel", "label": "delivery"}
 *         {"text": "the page is down", "label": "outage"}
 *         """);
 * Rows rows = Rows.read(file);
 * rows.columns(); // [text, label]
 * rows.size(); // 2
 * }
 *
 * {@link luthier.nn.data.BatchPlan} says which examples of which epoch go together, {@link luthier.nn.data.TokenBatch} pads them to
 * one length:
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
