package luthier.tensor.kernel;

/**
 * How numbers lie in the blocks of GGUF files, and how a block becomes F32. Codes are whole numbers; scales and least values are in half precision, d
 * and m, or small whole numbers times them. Every product here is exact in F32, so a number is rounded once at most. Source: ggml's ggml-quants.c.
 */
public enum BlockFormat {
    /** {@code (code - 8) d}: d, then 16 bytes of codes, the first 16 in the low halves. */
    Q4_0(32, 18) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at);
            for (int i = 0; i < 16; i++) {
                to[o + i] = ((from[at + 2 + i] & 15) - 8) * d;
                to[o + 16 + i] = ((from[at + 2 + i] >> 4 & 15) - 8) * d;
            }
        }
    },
    /** {@code code d + m}: d, m, then codes as in {@link #Q4_0}. */
    Q4_1(32, 20) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at);
            float m = half(from, at + 2);
            for (int i = 0; i < 16; i++) {
                to[o + i] = (from[at + 4 + i] & 15) * d + m;
                to[o + 16 + i] = (from[at + 4 + i] >> 4 & 15) * d + m;
            }
        }
    },
    /** {@code (code - 16) d}: d, an int of fifth bits, then the lower four as in {@link #Q4_0}. */
    Q5_0(32, 22) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at);
            int fifth = int32(from, at + 2);
            for (int i = 0; i < 16; i++) {
                to[o + i] = ((from[at + 6 + i] & 15 | (fifth >>> i & 1) << 4) - 16) * d;
                to[o + 16 + i] = ((from[at + 6 + i] >> 4 & 15 | (fifth >>> i + 16 & 1) << 4) - 16) * d;
            }
        }
    },
    /** {@code code d + m}: d, m, then codes as in {@link #Q5_0}. */
    Q5_1(32, 24) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at);
            float m = half(from, at + 2);
            int fifth = int32(from, at + 4);
            for (int i = 0; i < 16; i++) {
                to[o + i] = (from[at + 8 + i] & 15 | (fifth >>> i & 1) << 4) * d + m;
                to[o + 16 + i] = (from[at + 8 + i] >> 4 & 15 | (fifth >>> i + 16 & 1) << 4) * d + m;
            }
        }
    },
    /** {@code code d}: d, then 32 signed bytes. */
    Q8_0(32, 34) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at);
            for (int i = 0; i < 32; i++) {
                to[o + i] = from[at + 2 + i] * d;
            }
        }
    },
    /**
     * {@code code (s d) - t m} with s and t for every 16 numbers: 16 bytes, s in the low and t in the high half; 64 bytes of codes, four a byte, that of number
     * {@code 128 h + 32 j + i} in bits 2 j of byte {@code 32 h + i}; d, m.
     */
    Q2_K(256, 84) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at + 80);
            float m = half(from, at + 82);
            for (int run = 0; run < 16; run++) {
                int scales = from[at + run];
                float scale = (scales & 15) * d;
                float least = (scales >> 4 & 15) * m;
                int codes = at + 16 + run / 8 * 32 + run % 2 * 16;
                int shift = run % 8 / 2 * 2;
                for (int i = 0; i < 16; i++) {
                    to[o + 16 * run + i] = (from[codes + i] >> shift & 3) * scale - least;
                }
            }
        }
    },
    /**
     * {@code code (s d)} with codes -4 to 3 and s -32 to 31 for every 16 numbers: 32 bytes of third bits, that of number {@code 32 j + i} in bit j of byte i; 64
     * bytes of the lower two as in {@link #Q2_K}; 12 bytes of s + 32, the lower four bits of the first eight in the low halves of
     * the first 8 bytes, and the upper two in the last 4 bytes; d.
     */
    Q3_K(256, 110) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at + 108);
            for (int run = 0; run < 16; run++) {
                int low = from[at + 96 + run % 8] >> run / 8 * 4 & 15;
                int high = from[at + 104 + run % 4] >> run / 4 * 2 & 3;
                float scale = ((low | high << 4) - 32) * d;
                int codes = at + 32 + run / 8 * 32 + run % 2 * 16;
                int third = at + run % 2 * 16;
                int shift = run % 8 / 2 * 2;
                int bit = run / 2;
                for (int i = 0; i < 16; i++) {
                    int code = (from[codes + i] >> shift & 3 | (from[third + i] >> bit & 1) << 2) - 4;
                    to[o + 16 * run + i] = code * scale;
                }
            }
        }
    },
    /**
     * {@code code (s d) - t m} with s and t for every 32 numbers: d, m; 12 bytes of s and t ({@link #six}); 128 bytes of codes, that of number {@code 64 h + 32 j + i}
     * in half j of byte {@code 32 h + i}.
     */
    Q4_K(256, 144) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at);
            float m = half(from, at + 2);
            for (int run = 0; run < 8; run++) {
                int scales = six(from, at + 4, run);
                float scale = (scales & 63) * d;
                float least = (scales >> 8) * m;
                int codes = at + 16 + run / 2 * 32;
                int shift = run % 2 * 4;
                for (int i = 0; i < 32; i++) {
                    to[o + 32 * run + i] = (from[codes + i] >> shift & 15) * scale - least;
                }
            }
        }
    },
    /** As {@link #Q4_K} with 32 bytes of fifth bits before the codes, that of number {@code 32 j + i} in bit j of byte i. */
    Q5_K(256, 176) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at);
            float m = half(from, at + 2);
            for (int run = 0; run < 8; run++) {
                int scales = six(from, at + 4, run);
                float scale = (scales & 63) * d;
                float least = (scales >> 8) * m;
                int codes = at + 48 + run / 2 * 32;
                int shift = run % 2 * 4;
                for (int i = 0; i < 32; i++) {
                    int code = from[codes + i] >> shift & 15 | (from[at + 16 + i] >> run & 1) << 4;
                    to[o + 32 * run + i] = code * scale - least;
                }
            }
        }
    },
    /**
     * {@code (code - 32) (s d)} with a signed byte s for every 16 numbers: 128 bytes of lower bits, those of number {@code 128 h + 64 j + i} in half j of byte {@code
     * 64 h + i}; 64 bytes of the upper two, those of number {@code 128 h + 32 j + i} in bits 2 j of byte {@code 32 h + i}; 16 bytes s; d.
     */
    Q6_K(256, 210) {
        @Override
        void unpack(byte[] from, int at, float[] to, int o) {
            float d = half(from, at + 208);
            for (int run = 0; run < 16; run++) {
                float scale = from[at + 192 + run] * d;
                int low = at + run / 8 * 64 + run % 4 * 16;
                int high = at + 128 + run / 8 * 32 + run % 2 * 16;
                int shift = run % 8 / 4 * 4;
                int upper = run % 8 / 2 * 2;
                for (int i = 0; i < 16; i++) {
                    int code = from[low + i] >> shift & 15 | (from[high + i] >> upper & 3) << 4;
                    to[o + 16 * run + i] = (code - 32) * scale;
                }
            }
        }
    };

    private final int numbers;
    private final int bytes;

    BlockFormat(int numbers, int bytes) {
        this.numbers = numbers;
        this.bytes = bytes;
    }

    // ---- words, so that blocks of many rows lie side by side

    /** Returns how many ints hold a block. Of Q5_0 the first holds d alone: everything else is at a multiple of four bytes then. */
    int words() {
        return (bytes + 3) / 4;
    }

    /** Where a word begins in a block; those of Q5_0 behind d are moved by two bytes. */
    private int place(int word) {
        return this == Q5_0 && word > 0 ? 4 * word - 2 : 4 * word;
    }

    /** How many bytes a word holds. */
    private int size(int word) {
        return this == Q5_0 && word == 0 ? 2 : Math.min(4, bytes - place(word));
    }

    /** Returns a word of a block. */
    int word(byte[] from, int at, int word) {
        int bits = 0;
        for (int i = 0; i < size(word); i++) {
            bits |= (from[at + place(word) + i] & 0xFF) << 8 * i;
        }
        return bits;
    }

    /** Writes a word of a block. */
    void put(int bits, int word, byte[] to, int at) {
        for (int i = 0; i < size(word); i++) {
            to[at + place(word) + i] = (byte) (bits >> 8 * i);
        }
    }

    /** Returns whether d, and m if there is one, are finite in all of these blocks. */
    public boolean areFinite(byte[] blocks) {
        int first = switch (this) {
            case Q2_K -> 80;
            case Q3_K, Q6_K -> bytes - 2;
            default -> 0;
        };
        boolean two = this == Q4_1 || this == Q5_1 || this == Q2_K || this == Q4_K || this == Q5_K;
        for (int at = first; at < blocks.length; at += bytes) {
            if (!Float.isFinite(half(blocks, at)) || two && !Float.isFinite(half(blocks, at + 2))) {
                return false;
            }
        }
        return true;
    }

    /** Returns the numbers of a block. */
    public int numbers() {
        return numbers;
    }

    /** Returns the bytes of a block. */
    public int bytes() {
        return bytes;
    }

    /** Writes the numbers of a block. */
    abstract void unpack(byte[] from, int at, float[] to, int o);

    /** Writes the numbers of so many blocks that lie one after the other. */
    public void unpack(int blocks, byte[] from, int at, float[] to, int o) {
        for (int i = 0; i < blocks; i++) {
            unpack(from, at + i * bytes, to, o + i * numbers);
        }
    }

    private static float half(byte[] from, int at) {
        return Float.float16ToFloat((short) (from[at] & 0xFF | from[at + 1] << 8));
    }

    private static int int32(byte[] from, int at) {
        return from[at] & 0xFF | (from[at + 1] & 0xFF) << 8 | (from[at + 2] & 0xFF) << 16 | from[at + 3] << 24;
    }

    /**
     * Returns the s of a run in the low and its t in the high byte: of runs 0 to 3, the lower six bits of bytes {@code run} and {@code run + 4}; of
     * the others, the halves of byte {@code run + 4}, and the upper two bits of bytes {@code run - 4} and {@code run}.
     */
    private static int six(byte[] from, int at, int run) {
        if (run < 4) {
            return from[at + run] & 63 | (from[at + run + 4] & 63) << 8;
        }
        int both = from[at + run + 4] & 0xFF;
        int s = both & 15 | (from[at + run - 4] >> 6 & 3) << 4;
        int t = both >> 4 | (from[at + run] >> 6 & 3) << 4;
        return s | t << 8;
    }
}
