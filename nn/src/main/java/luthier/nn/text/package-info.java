/**
 * Text to token ids. {@link luthier.nn.text.Tokenizer} is the tokenizer of the BERT family, read from a Hugging Face
 * {@code tokenizer.json}:
 *
 * {@snippet :
 * String json = """
 *     {"normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
 *         "strip_accents": null, "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"},
 *      "model": {"type": "WordPiece", "unk_token": "[UNK]",
 *         "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "play": 1, "##ing": 2, "food": 3}},
 *      "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true}, "added_tokens": [], "post_processor": null}
 *     """;
 * Tokenizer tokenizer = Tokenizer.fromJson(json.getBytes(), "tokenizer.json");
 * Arrays.toString(tokenizer.encode("Playing food")); // [1, 2, 3]
 * }
 */
package luthier.nn.text;
