package luthier.nn.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import luthier.nn.text.TokenizerParts.Roles;
import luthier.nn.text.TokenizerParts.Trim;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.SentencePieceFile;
import luthier.tensor.io.SentencePieceFile.Piece;

/** Makes the pipeline of a {@link SentencePieceFile}, unigram or byte pairs; control pieces are found where they are written. */
final class SentencePieceTokenizer {
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final String UNKNOWN_SURFACE = " \u2047 ";

    private final SentencePieceFile file;
    private final String source;
    private final Vocabulary vocabulary;
    private final PrefixTree symbols = new PrefixTree();
    private final Map<String, Integer> symbolIds = new HashMap<>();

    SentencePieceTokenizer(SentencePieceFile file, String source) {
        this.file = file;
        this.source = source;
        vocabulary = Vocabulary.of(file.pieces().stream().map(Piece::text).toList());
        for (int id = 0; id < file.pieces().size(); id++) {
            Piece piece = file.pieces().get(id);
            if (piece.type() == USER_DEFINED && !piece.text().isEmpty()) {
                symbols.add(piece.text(), id);
                symbolIds.put(piece.text(), id);
            }
        }
        if (file.spaceAsSuffix()) {
            throw error("treat_whitespace_as_suffix is not supported; got true");
        }
        if (file.unknown() < 0 || file.unknown() >= file.pieces().size()) {
            throw error("the unknown piece must be in the vocabulary; got " + file.unknown());
        }
    }

    private ModelFormatException error(String rule) {
        return new ModelFormatException(source, 0, rule);
    }

    private boolean isType(int id, int type) {
        return file.pieces().get(id).type() == type;
    }

    /** The frame is empty: who reads a folder knows what its class puts around texts. */
    TokenizerParts parts(Frame frame, Frame pairFrame) {
        CharacterMap map;
        try {
            map = file.characterMap().length == 0 ? null : CharacterMap.read(file.characterMap());
        } catch (IllegalArgumentException e) {
            throw error("precompiled_charsmap: " + e.getMessage());
        }
        List<AddedToken> added = java.util.stream.IntStream.range(
                        0, file.pieces().size())
                .filter(id -> isType(id, CONTROL) || isType(id, UNKNOWN))
                .mapToObj(id -> new AddedToken(
                        id, file.pieces().get(id).text(), false, false, false, false, isType(id, CONTROL)))
                .filter(token -> token.special())
                .toList();
        return new TokenizerParts(
                new SentencePieceNormalizer(map, file.addDummyPrefix(), file.removeExtraSpaces(), symbols),
                symbolIds.isEmpty() || file.kind() == 1
                        ? PreTokenizer.NONE
                        : new PreTokenizer.Split(new Symbols(symbols), SplitBehavior.ISOLATED, false),
                model(),
                added,
                frame,
                pairFrame,
                Trim.NONE,
                new Decoder.Sequence(List.of(
                        new ByteDecoder.Fallback(),
                        new Surface(
                                file.pieces().get(file.unknown()).text(),
                                file.addDummyPrefix() || file.removeExtraSpaces(),
                                file.removeExtraSpaces()))),
                new Roles(id(file.bos()), id(file.eos()), id(file.padding())),
                Optional.empty(),
                Optional.empty());
    }

    private OptionalInt id(int id) {
        return id >= 0 && id < file.pieces().size() ? OptionalInt.of(id) : OptionalInt.empty();
    }

    private Model model() {
        return switch (file.kind()) {
            case 1 -> unigram();
            case 2 -> bytePair();
            default ->
                throw error("model_type must be unigram or bpe; got "
                        + (file.kind() == 3 ? "word" : file.kind() == 4 ? "char" : file.kind()));
        };
    }

    /** A user-defined symbol is worth more than any way to write it. */
    private Model unigram() {
        int size = file.pieces().size();
        double[] scores = new double[size];
        boolean[] found = new boolean[size];
        double most = Double.NEGATIVE_INFINITY;
        for (int id = 0; id < size; id++) {
            scores[id] = file.pieces().get(id).score();
            most = isType(id, NORMAL) ? Math.max(most, scores[id]) : most;
        }
        for (int id = 0; id < size; id++) {
            found[id] = isType(id, NORMAL) || isType(id, USER_DEFINED);
            if (isType(id, USER_DEFINED)) {
                int bytes = file.pieces().get(id).text().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
                scores[id] = bytes * most - 0.1;
            }
        }
        return new Unigram(vocabulary, scores, found, file.unknown(), file.byteFallback());
    }

    private Model bytePair() {
        float[] scores = new float[file.pieces().size()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = file.pieces().get(id).score();
        }
        int[] ranks = GgufTokenizer.ranks(scores);
        PairTable merges = RankedMerges.of(vocabulary, id -> isType(id, NORMAL), id -> ranks[id]);
        BytePair.Options options = new BytePair.Options(
                file.pieces().get(file.unknown()).text(), true, file.byteFallback(), false, "", "");
        Model model = new BytePair(vocabulary, merges, options);
        return symbolIds.isEmpty() ? model : new WithSymbols(model, Map.copyOf(symbolIds));
    }

    /** A piece that is a symbol is that token, the others are the model's. */
    private record WithSymbols(Model model, Map<String, Integer> symbols) implements Model {
        @Override
        public void encode(String piece, Tokens tokens) {
            Integer symbol = symbols.get(piece);
            if (symbol != null) {
                tokens.add(symbol, 0, piece.length());
            } else {
                model.encode(piece, tokens);
            }
        }

        @Override
        public Vocabulary vocabulary() {
            return model.vocabulary();
        }
    }

    /** User-defined symbols, the longest at each place. */
    private record Symbols(PrefixTree tree) implements TextPattern {
        @Override
        public int[] matches(String text) {
            Places places = new Places();
            for (int i = 0; i < text.length(); ) {
                int end = i;
                int node = 0;
                for (int at = i; at < text.length(); at++) {
                    node = tree.next(node, text.charAt(at));
                    if (node < 0) {
                        break;
                    }
                    end = tree.value(node) != PrefixTree.NONE ? at + 1 : end;
                }
                if (end > i) {
                    places.add(i, end);
                }
                i = Math.max(end, i + 1);
            }
            return places.toArray();
        }
    }

    /** Marks are spaces, but at the beginning; the unknown piece is a sign. */
    private record Surface(String unknown, boolean dropsFirst, boolean dropsAll) implements Decoder {
        @Override
        public Stage stage(Stage next, boolean live) {
            return new Stage() {
                private boolean begun;

                @Override
                public void take(String text, boolean begins) {
                    if (begins && text.equals(unknown)) {
                        begun = true;
                        next.take(UNKNOWN_SURFACE, true);
                        return;
                    }
                    String rest = text;
                    if (!begun && dropsFirst && rest.startsWith(Metaspace.USUAL)) {
                        rest = rest.substring(1);
                        begun = !dropsAll;
                    }
                    begun |= !rest.isEmpty();
                    next.take(rest.replace(Metaspace.USUAL, " "), begins);
                }

                @Override
                public void end() {
                    next.end();
                }
            };
        }
    }
}
