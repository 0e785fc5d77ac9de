/**
 * Examples to batches. {@link luthier.nn.data.LengthBuckets} says which examples of which epoch go together,
 * {@link luthier.nn.data.TokenBatch} pads them to one length:
 *
 * <pre>{@code
 * LengthBuckets buckets = new LengthBuckets(lengths, 32, rng);
 * for (int[] examples : buckets.epoch(0)) {
 *     TokenBatch batch = TokenBatch.gather(sequences, labels, examples, padId);
 * }
 * }</pre>
 */
package luthier.nn.data;
