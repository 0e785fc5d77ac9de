/**
 * Text to token ids. {@link luthier.nn.text.WordPieceTokenizer} is the tokenizer of the BERT family, read from a Hugging Face
 * {@code tokenizer.json}:
 *
 * <pre>{@code
 * WordPieceTokenizer tokenizer = WordPieceTokenizer.fromJson(bytes, "tokenizer.json");
 * tokenizer.encode("A man is eating food."); // 101 1037 2158 2003 5983 2833 1012 102
 * }</pre>
 */
package luthier.nn.text;
