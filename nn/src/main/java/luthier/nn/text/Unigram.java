package luthier.nn.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import luthier.tensor.io.ModelFormatException;

/**
 * The unigram model: of all ways to cut a piece into tokens the one whose scores have the largest sum (Viterbi), the earlier start of
 * equals. A character that begins no token of its own costs ten more than the worst token and is unknown; unknown ones in a row are one
 * token, or written as their bytes.
 *
 * <p>Source: Kudo 2018, arXiv:1804.10959.
 */
final class Unigram implements Model {
    private static final double UNKNOWN_PENALTY = 10;
    private static final int UNREACHED = -1;

    private final Vocabulary vocabulary;
    private final double[] scores;
    private final int unknownId;
    private final int[] byteIds;
    private final PrefixTree tree = new PrefixTree();
    private final double unknownScore;

    /**
     * Creates the model.
     *
     * @param scores a token's log-probability, by id
     * @param found whether a token can be found in a text, by id
     * @param unknownId the unknown token, or -1
     * @param byteFallback whether unknown characters are written as their bytes
     */
    Unigram(Vocabulary vocabulary, double[] scores, boolean[] found, int unknownId, boolean byteFallback) {
        this.vocabulary = vocabulary;
        this.scores = scores;
        this.unknownId = unknownId;
        byteIds = byteFallback ? vocabulary.byteIds() : new int[0];
        vocabulary.ids().forEach((token, id) -> {
            if (!token.isEmpty() && found[id]) {
                tree.add(token, id);
            }
        });
        unknownScore = Arrays.stream(scores).min().orElse(0) - UNKNOWN_PENALTY;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The best way to each place of a piece: its score, where its last token begins and which that is. */
    private static final class Best {
        private final double[] score;
        private final int[] start;
        private final int[] id;

        private Best(int length) {
            score = new double[length + 1];
            start = new int[length + 1];
            Arrays.fill(start, UNREACHED);
            id = new int[length + 1];
        }

        private void offer(int from, int to, double cost, int token) {
            double candidate = cost + score[from];
            if (start[to] == UNREACHED || candidate > score[to]) {
                score[to] = candidate;
                start[to] = from;
                id[to] = token;
            }
        }
    }

    @Override
    public void encode(String piece, Tokens tokens) {
        Best best = new Best(piece.length());
        for (int from = 0; from < piece.length(); ) {
            int single = from + Character.charCount(piece.codePointAt(from));
            boolean alone = false;
            int node = 0;
            for (int at = from; at < piece.length(); at++) {
                node = tree.next(node, piece.charAt(at));
                if (node < 0) {
                    break;
                }
                int token = tree.value(node);
                if (token != PrefixTree.NONE) {
                    best.offer(from, at + 1, scores[token], token);
                    alone |= at + 1 == single;
                }
            }
            if (!alone) {
                best.offer(from, single, unknownScore, UNREACHED);
            }
            from = single;
        }
        pass(piece, best, tokens);
    }

    private void pass(String piece, Best best, Tokens tokens) {
        int[] ends = new int[piece.length()];
        int count = 0;
        for (int end = piece.length(); end > 0; end = best.start[end]) {
            ends[count++] = end;
        }
        int from = 0;
        for (int i = count - 1; i >= 0; i--) {
            int id = best.id[ends[i]];
            boolean unknown = isUnknown(id);
            boolean more = i > 0 && isUnknown(best.id[ends[i - 1]]);
            if (unknown && more) {
                continue;
            }
            if (unknown) {
                passUnknown(piece, from, ends[i], tokens);
            } else {
                tokens.add(id, from, ends[i]);
            }
            from = ends[i];
        }
    }

    private boolean isUnknown(int id) {
        return id == UNREACHED || id == unknownId;
    }

    private void passUnknown(String piece, int from, int to, Tokens tokens) {
        int written = vocabulary.id(piece.substring(from, to));
        if (written >= 0) {
            tokens.add(written, from, to);
            return;
        }
        if (byteIds.length > 0) {
            byte[] bytes = piece.substring(from, to).getBytes(StandardCharsets.UTF_8);
            boolean all = true;
            for (byte b : bytes) {
                all &= byteIds[b & 255] >= 0;
            }
            if (all) {
                for (byte b : bytes) {
                    tokens.add(byteIds[b & 255], from, to);
                }
                return;
            }
        }
        if (unknownId < 0) {
            throw new IllegalArgumentException("encode: the vocabulary must hold a text's characters or name an unknown"
                    + " token; got " + ModelFormatException.escape(piece.substring(from, to)));
        }
        tokens.add(unknownId, from, to);
    }
}
