package luthier.nn.text;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import luthier.nn.text.TokenizerParts.Roles;
import luthier.nn.text.TokenizerParts.Trim;
import luthier.tensor.io.ModelFormatException;

/** A rank file of tiktoken: on each line a token's bytes in Base64 and its rank, which is its id and says how early it is made. */
final class TiktokenFile {
    private TiktokenFile() {}

    static TokenizerParts read(List<String> lines, String pattern, Map<String, Integer> special, String source) {
        Map<String, Integer> ids = new HashMap<>();
        Map<Integer, Integer> owners = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String[] both = lines.get(i).split(" ", -1);
            try {
                int rank = Integer.parseInt(both[both.length - 1]);
                byte[] bytes = Base64.getDecoder().decode(both[0]);
                StringBuilder token = new StringBuilder();
                for (byte b : bytes) {
                    token.append(ByteLevel.written(b));
                }
                if (both.length != 2 || rank < 0 || owners.put(rank, i) != null || token.isEmpty()) {
                    throw new IllegalArgumentException(lines.get(i));
                }
                ids.put(token.toString(), rank);
            } catch (IllegalArgumentException malformed) {
                throw new ModelFormatException(
                        source,
                        0,
                        "line " + (i + 1) + ": must be a token in Base64, a space and a rank of its own; got "
                                + ModelFormatException.escape(lines.get(i)));
            }
        }
        Vocabulary vocabulary = new Vocabulary(ids);
        List<AddedToken> added = new ArrayList<>();
        special.forEach((token, id) -> {
            if (vocabulary.token(id) != null) {
                throw new ModelFormatException(
                        source, 0, "a special token must have an id of its own; got " + id + " for " + token);
            }
            added.add(new AddedToken(id, token, false, false, false, false, true));
        });
        PairTable merges = RankedMerges.of(vocabulary, _ -> true, id -> id);
        return new TokenizerParts(
                Normalizer.NONE,
                new ByteLevel(false, new PreTokenizer.Split(compiled(pattern, source), SplitBehavior.ISOLATED, false)),
                new BytePair(vocabulary, merges, new BytePair.Options(null, false, false, true, "", "")),
                added,
                TokenizerParts.PLAIN,
                TokenizerParts.PLAIN_PAIR,
                Trim.NONE,
                new ByteDecoder.Level(),
                Roles.NONE,
                Optional.empty(),
                Optional.empty());
    }

    private static TextPattern compiled(String pattern, String source) {
        try {
            return TextPattern.regex(pattern);
        } catch (PatternSyntaxException e) {
            throw new ModelFormatException(
                    source, 0, "a pattern must be a regular expression; got " + e.getDescription());
        }
    }
}
