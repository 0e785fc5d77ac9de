package luthier.tensor.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A SentencePiece model, {@code tokenizer.model}: its pieces and what it says about texts. Read from Protocol Buffers; what is not needed to
 * make tokens is passed over.
 *
 * @param kind 1 unigram, 2 byte pairs, 3 words, 4 characters
 * @param pieces the tokens by id
 * @param byteFallback whether unknown characters are written as bytes
 * @param spaceAsSuffix whether spaces end words instead of beginning them
 * @param unknown the id of what no piece stands for
 * @param bos the id that begins a sequence; -1 for none
 * @param eos the id that ends one; -1 for none
 * @param padding the id that fills a batch up; -1 for none
 * @param characterMap the compiled table of what characters become; empty for none
 * @param addDummyPrefix whether a text gets a space before it
 * @param removeExtraSpaces whether runs of spaces are one, and none is at the ends
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
public record SentencePieceFile(
        int kind,
        List<Piece> pieces,
        boolean byteFallback,
        boolean spaceAsSuffix,
        int unknown,
        int bos,
        int eos,
        int padding,
        byte[] characterMap,
        boolean addDummyPrefix,
        boolean removeExtraSpaces) {
    private static final int MOST_BYTES = 1 << 26;

    /**
     * A token.
     *
     * @param text its text
     * @param score its log-probability, or minus its place among merges
     * @param type 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte
     */
    public record Piece(String text, float score, int type) {}

    /**
     * Reads a model's bytes.
     *
     * @param source the file's name, for errors
     * @throws ModelFormatException if they are not Protocol Buffers, or hold no piece
     */
    public static SentencePieceFile parse(byte[] content, String source) {
        Reader reader = new Reader();
        try {
            reader.model(new ProtobufReader(new ByteArrayInputStream(content), source));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        if (reader.pieces.isEmpty()) {
            throw new ModelFormatException(source, 0, "a SentencePiece model must have pieces; got none");
        }
        return new SentencePieceFile(
                reader.kind,
                List.copyOf(reader.pieces),
                reader.byteFallback,
                reader.spaceAsSuffix,
                reader.unknown,
                reader.bos,
                reader.eos,
                reader.padding,
                reader.characterMap,
                reader.addDummyPrefix,
                reader.removeExtraSpaces);
    }

    /** The values so far, at first those that the format gives where a file is silent. */
    private static final class Reader {
        private final List<Piece> pieces = new ArrayList<>();
        private int kind = 1;
        private boolean byteFallback;
        private boolean spaceAsSuffix;
        private int unknown;
        private int bos = 1;
        private int eos = 2;
        private int padding = -1;
        private byte[] characterMap = new byte[0];
        private boolean addDummyPrefix = true;
        private boolean removeExtraSpaces = true;

        private void model(ProtobufReader in) throws IOException {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> in.message(this::piece);
                    case 2 -> in.message(this::trainer);
                    case 3 -> in.message(this::normalizer);
                    default -> in.skip();
                }
            }
        }

        private void piece(ProtobufReader in) throws IOException {
            String text = "";
            float score = 0;
            int type = 1;
            while (in.more() && in.next()) {
                switch (in.field()) {
                    case 1 -> text = in.string();
                    case 2 -> score = Float.intBitsToFloat(in.fixed32());
                    case 3 -> type = (int) in.varint();
                    default -> in.skip();
                }
            }
            pieces.add(new Piece(text, score, type));
        }

        private void trainer(ProtobufReader in) throws IOException {
            while (in.more() && in.next()) {
                switch (in.field()) {
                    case 3 -> kind = (int) in.varint();
                    case 24 -> spaceAsSuffix = in.varint() != 0;
                    case 35 -> byteFallback = in.varint() != 0;
                    case 40 -> unknown = (int) in.varint();
                    case 41 -> bos = (int) in.varint();
                    case 42 -> eos = (int) in.varint();
                    case 43 -> padding = (int) in.varint();
                    default -> in.skip();
                }
            }
        }

        private void normalizer(ProtobufReader in) throws IOException {
            while (in.more() && in.next()) {
                switch (in.field()) {
                    case 2 -> characterMap = in.bytes(MOST_BYTES);
                    case 3 -> addDummyPrefix = in.varint() != 0;
                    case 4 -> removeExtraSpaces = in.varint() != 0;
                    default -> in.skip();
                }
            }
        }
    }
}
