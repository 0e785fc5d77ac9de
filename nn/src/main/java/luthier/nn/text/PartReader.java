package luthier.nn.text;

import java.util.Base64;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.ModelFormatException;

/** Reads normalizers, pre-tokenizers and decoders of a {@code tokenizer.json}; one that is not known is refused by its name. */
record PartReader(String source) {
    /** Returns the normalizer; null is none. */
    Normalizer normalizer(JsonValue value) {
        if (JsonPart.isNull(value)) {
            return Normalizer.NONE;
        }
        JsonPart part = JsonPart.of(value, source);
        return switch (part.type()) {
            case "Sequence" -> new Normalizer.Sequence(part.only("normalizers").all("normalizers", this::normalizer));
            case "BertNormalizer" -> bertNormalizer(part);
            case "NFC" -> UnicodeForm.NFC;
            case "NFD" -> UnicodeForm.NFD;
            case "NFKC" -> UnicodeForm.NFKC;
            case "NFKD" -> UnicodeForm.NFKD;
            case "Lowercase" -> new Normalizer.Lowercase();
            case "Strip", "StripNormalizer" ->
                new Normalizer.Strip(
                        part.only("strip_left", "strip_right").flag("strip_left", true),
                        part.flag("strip_right", true));
            case "StripAccents" -> new Normalizer.StripAccents(false);
            case "Nmt" -> new Normalizer.Nmt();
            case "Prepend" ->
                new Normalizer.Prepend(
                        part.only("prepend").fields().get("prepend").asString());
            case "Replace" ->
                new Normalizer.Replace(
                        part.only("pattern", "content").pattern(),
                        part.fields().get("content").asString());
            case "Precompiled" -> precompiled(part);
            case "ByteLevel" -> new Normalizer.Bytes();
            default -> throw part.unknown("normalizer");
        };
    }

    private static Normalizer bertNormalizer(JsonPart part) {
        boolean lowercase = part.only("clean_text", "handle_chinese_chars", "strip_accents", "lowercase")
                .fields()
                .get("lowercase")
                .asBoolean();
        return new BertNormalizer(
                part.fields().get("clean_text").asBoolean(),
                part.fields().get("handle_chinese_chars").asBoolean(),
                // Without a wish of its own, stripping follows lowercasing, as in the original BERT.
                part.flag("strip_accents", lowercase),
                lowercase);
    }

    private static Normalizer precompiled(JsonPart part) {
        JsonValue table = part.only("precompiled_charsmap").fields().get("precompiled_charsmap");
        if (JsonPart.isNull(table) || table.asString().isEmpty()) {
            return Normalizer.NONE;
        }
        try {
            return new CharacterMap.Precompiled(
                    CharacterMap.read(Base64.getDecoder().decode(table.asString())));
        } catch (IllegalArgumentException e) {
            throw part.error(table, "precompiled_charsmap: " + e.getMessage());
        }
    }

    /** Returns the pre-tokenizer; null is none. */
    PreTokenizer preTokenizer(JsonValue value) {
        if (JsonPart.isNull(value)) {
            return PreTokenizer.NONE;
        }
        JsonPart part = JsonPart.of(value, source);
        return switch (part.type()) {
            case "Sequence" ->
                new PreTokenizer.Sequence(part.only("pretokenizers").all("pretokenizers", this::preTokenizer));
            case "BertPreTokenizer" -> PreTokenizer.BERT;
            case "Whitespace" -> new PreTokenizer.Whitespace();
            case "WhitespaceSplit" -> PreTokenizer.WHITESPACE_SPLIT;
            case "Digits" ->
                PreTokenizer.at(
                        Characters::isNumber,
                        part.only("individual_digits").flag("individual_digits", false)
                                ? SplitBehavior.ISOLATED
                                : SplitBehavior.CONTIGUOUS);
            case "Punctuation" ->
                PreTokenizer.at(
                        Characters::isPunctuation, part.only("behavior").behavior(SplitBehavior.ISOLATED.written()));
            case "Split" ->
                new PreTokenizer.Split(
                        part.only("pattern", "behavior", "invert").pattern(),
                        part.behavior(""),
                        part.flag("invert", false));
            case "CharDelimiterSplit" ->
                new PreTokenizer.Split(
                        new TextPattern.Literal(
                                part.only("delimiter").fields().get("delimiter").asString()),
                        SplitBehavior.REMOVED,
                        false);
            case "ByteLevel" ->
                new ByteLevel(
                        part.only("add_prefix_space", "trim_offsets", "use_regex")
                                .flag("add_prefix_space", true),
                        part.flag("use_regex", true) ? ByteLevel.GPT2 : PreTokenizer.NONE);
            case "Metaspace" -> metaspace(part);
            case "UnicodeScripts" -> new PreTokenizer.Scripts();
            case "FixedLength" -> fixedLength(part);
            default -> throw part.unknown("pre_tokenizer");
        };
    }

    private static PreTokenizer fixedLength(JsonPart part) {
        int length = part.only("length").number("length", 5);
        if (length < 1) {
            throw part.error(part.fields().get("length"), "length must be positive; got " + length);
        }
        return new PreTokenizer.FixedLength(length);
    }

    /** Files that are older than {@code prepend_scheme} say {@code add_prefix_space}. */
    private static Metaspace.Prepend prepend(JsonPart part) {
        String usual = part.flag("add_prefix_space", true) ? "always" : "never";
        String scheme = part.only("replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split")
                .text("prepend_scheme", usual);
        if (!part.flag("add_prefix_space", true) && !scheme.equals("never")) {
            throw part.error(
                    part.fields().get("add_prefix_space"),
                    "add_prefix_space and prepend_scheme must agree; got false and "
                            + ModelFormatException.escape(scheme));
        }
        return switch (scheme) {
            case "always" -> Metaspace.Prepend.ALWAYS;
            case "first" -> Metaspace.Prepend.FIRST;
            case "never" -> Metaspace.Prepend.NEVER;
            default ->
                throw part.error(
                        part.fields().get("prepend_scheme"),
                        "prepend_scheme must be always, first or never; got " + ModelFormatException.escape(scheme));
        };
    }

    private static Metaspace metaspace(JsonPart part) {
        return new Metaspace(part.text("replacement", Metaspace.USUAL), prepend(part), part.flag("split", true));
    }

    /** Returns the decoder; null is none. */
    Decoder decoder(JsonValue value) {
        if (JsonPart.isNull(value)) {
            return new Decoder.Spaced();
        }
        JsonPart part = JsonPart.of(value, source);
        return switch (part.type()) {
            case "Sequence" -> new Decoder.Sequence(part.only("decoders").all("decoders", this::decoder));
            case "ByteLevel" -> new ByteDecoder.Level();
            case "ByteFallback" -> new ByteDecoder.Fallback();
            case "WordPiece" ->
                new Decoder.WordPieces(
                        part.only("prefix", "cleanup").text("prefix", WordPiece.CONTINUES), part.flag("cleanup", true));
            case "Metaspace" -> {
                Metaspace spaces = metaspace(part);
                yield new Decoder.Marks(spaces.mark(), spaces.prepend() != Metaspace.Prepend.NEVER);
            }
            case "Fuse" -> new Decoder.Fuse();
            case "Replace" ->
                new Decoder.Replace(
                        part.only("pattern", "content").pattern(),
                        part.fields().get("content").asString());
            case "Strip" ->
                new StripDecoder(
                        part.only("content", "start", "stop")
                                .fields()
                                .get("content")
                                .asString(),
                        part.fields().get("start").asInt(),
                        part.fields().get("stop").asInt());
            case "BPEDecoder" -> new Decoder.WordEnds(part.only("suffix").text("suffix", "</w>"));
            case "CTC" ->
                new Decoder.Ctc(
                        part.only("pad_token", "word_delimiter_token", "cleanup")
                                .text("pad_token", "<pad>"),
                        part.text("word_delimiter_token", "|"),
                        part.flag("cleanup", true));
            default -> throw part.unknown("decoder");
        };
    }
}
