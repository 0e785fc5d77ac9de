/**
 * Text to token ids and back. Every tokenizer is one pipeline, whatever file it comes from: added tokens are found in the text as it
 * stands, a normalizer changes the rest, a pre-tokenizer cuts it into pieces, a model makes tokens of each piece, a frame puts special
 * tokens around them; a decoder makes text again. {@link luthier.nn.text.Tokenizer} opens them:
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
 * Encoding encoding = tokenizer.encode(List.of("Playing food"), EncodingOptions.USUAL);
 * Arrays.toString(encoding.ids()); // [1, 2, 3]
 * Arrays.toString(encoding.ends()); // [4, 7, 12]
 * tokenizer.decode(encoding.ids()); // playing food
 * }
 *
 * <p>Models: WordLevel, WordPiece, BPE (byte-level, or with byte fallback), Unigram. Whatever changes the tokens and is not known, a part, a
 * setting, a pattern, is refused by its name. Ids are those of Hugging Face's tokenizers 0.23.3; characters are judged by the Unicode tables
 * of the JDK.
 */
package luthier.nn.text;
