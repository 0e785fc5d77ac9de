package luthier.nn.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import luthier.nn.text.TokenizerParts.Roles;
import luthier.nn.text.TokenizerParts.Trim;
import luthier.tensor.io.ModelFormatException;

/** BERT's own {@code vocab.txt}: a token a line, and what the folder's settings say; lowercasing where they do not. */
final class VocabularyText {
    private VocabularyText() {}

    static TokenizerParts read(Path file, SpecialTokens settings) throws IOException {
        Vocabulary vocabulary = new Vocabulary(ids(file));
        boolean lowercase = settings.flag("do_lower_case").orElse(true);
        BertNormalizer normalizer = new BertNormalizer(
                true,
                settings.flag("tokenize_chinese_chars").orElse(true),
                settings.flag("strip_accents").orElse(lowercase),
                lowercase);
        String unknown = settings.token("unk_token").orElse("[UNK]");
        String first = settings.token("cls_token").orElse("[CLS]");
        String last = settings.token("sep_token").orElse("[SEP]");
        Set<String> special = new LinkedHashSet<>(List.of(
                settings.token("pad_token").orElse("[PAD]"),
                unknown,
                first,
                last,
                settings.token("mask_token").orElse("[MASK]")));
        for (String needed : List.of(unknown, first, last)) {
            if (vocabulary.id(needed) < 0) {
                throw new ModelFormatException(
                        file.toString(),
                        0,
                        "the vocabulary must hold the special tokens; got none called "
                                + ModelFormatException.escape(needed));
            }
        }
        List<AddedToken> added = special.stream()
                .filter(token -> vocabulary.id(token) >= 0)
                .map(token -> new AddedToken(vocabulary.id(token), token, false, false, false, false, true))
                .toList();
        List<Integer> cls = List.of(vocabulary.id(first));
        List<Integer> sep = List.of(vocabulary.id(last));
        return new TokenizerParts(
                normalizer,
                PreTokenizer.BERT,
                new WordPiece(vocabulary, unknown, WordPiece.CONTINUES, WordPiece.LONGEST),
                added,
                Frame.single(cls, sep),
                Frame.pair(cls, sep, sep, 1),
                Trim.NONE,
                new Decoder.WordPieces(WordPiece.CONTINUES, true),
                Roles.NONE,
                Optional.empty(),
                Optional.empty());
    }

    private static Map<String, Integer> ids(Path file) throws IOException {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (String token : TokenizerFolder.lines(file)) {
            Integer before = ids.putIfAbsent(token, ids.size());
            if (before != null) {
                throw new ModelFormatException(
                        file.toString(),
                        0,
                        "a vocabulary must hold every token once; got " + ModelFormatException.escape(token)
                                + " on lines " + (before + 1) + " and " + (ids.size() + 1));
            }
        }
        return ids;
    }
}
