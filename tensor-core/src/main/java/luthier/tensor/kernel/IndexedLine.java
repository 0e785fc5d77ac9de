package luthier.tensor.kernel;

/**
 * Reads and writes places named by indices. A line of n places starts at {@code base}; place j lies at {@code base + index[at
 * + j] stride + j step}.
 */
public final class IndexedLine {
    private IndexedLine() {}

    /** What becomes of a number y at a place when x is written there. */
    public enum Write {
        /** x. */
        REPLACE,
        /** y + x. */
        ADD,
        /** y * x. */
        MUL,
        /** The smaller of the two, NaN if either is. */
        MIN,
        /** The larger of the two, NaN if either is. */
        MAX
    }

    /** A line of places. */
    public record Line(int base, int[] index, int at, int stride, int step, int n) {
        private int place(int j) {
            return base + index[at + j] * stride + j * step;
        }
    }

    /** Sets {@code to[toAt + j]} to the number at place j. */
    public static void gather(Object from, Line line, Object to, int toAt) {
        switch (from) {
            case float[] a -> floats(a, line, (float[]) to, toAt);
            case double[] a -> doubles(a, line, (double[]) to, toAt);
            case long[] a -> longs(a, line, (long[]) to, toAt);
            case int[] a -> ints(a, line, (int[]) to, toAt);
            case short[] a -> shorts(a, line, (short[]) to, toAt);
            default -> bytes((byte[]) from, line, (byte[]) to, toAt);
        }
    }

    /** Writes {@code from[fromAt + j]} to place j, in the order of j. REPLACE takes every type, the others F32, F64, I64 and I32. */
    public static void scatter(Object from, int fromAt, Object to, Line line, Write write) {
        switch (from) {
            case float[] a -> floats(a, fromAt, (float[]) to, line, write);
            case double[] a -> doubles(a, fromAt, (double[]) to, line, write);
            case long[] a -> longs(a, fromAt, (long[]) to, line, write);
            case int[] a -> ints(a, fromAt, (int[]) to, line, write);
            case short[] a -> shorts(a, fromAt, (short[]) to, line);
            default -> bytes((byte[]) from, fromAt, (byte[]) to, line);
        }
    }

    private static void floats(float[] from, Line line, float[] to, int toAt) {
        for (int j = 0; j < line.n(); j++) {
            to[toAt + j] = from[line.place(j)];
        }
    }

    private static void doubles(double[] from, Line line, double[] to, int toAt) {
        for (int j = 0; j < line.n(); j++) {
            to[toAt + j] = from[line.place(j)];
        }
    }

    private static void longs(long[] from, Line line, long[] to, int toAt) {
        for (int j = 0; j < line.n(); j++) {
            to[toAt + j] = from[line.place(j)];
        }
    }

    private static void ints(int[] from, Line line, int[] to, int toAt) {
        for (int j = 0; j < line.n(); j++) {
            to[toAt + j] = from[line.place(j)];
        }
    }

    private static void shorts(short[] from, Line line, short[] to, int toAt) {
        for (int j = 0; j < line.n(); j++) {
            to[toAt + j] = from[line.place(j)];
        }
    }

    private static void bytes(byte[] from, Line line, byte[] to, int toAt) {
        for (int j = 0; j < line.n(); j++) {
            to[toAt + j] = from[line.place(j)];
        }
    }

    private static void floats(float[] from, int fromAt, float[] to, Line line, Write write) {
        for (int j = 0; j < line.n(); j++) {
            int place = line.place(j);
            float x = from[fromAt + j];
            float y = to[place];
            to[place] = switch (write) {
                case REPLACE -> x;
                case ADD -> y + x;
                case MUL -> y * x;
                case MIN -> Math.min(y, x);
                case MAX -> Math.max(y, x);
            };
        }
    }

    private static void doubles(double[] from, int fromAt, double[] to, Line line, Write write) {
        for (int j = 0; j < line.n(); j++) {
            int place = line.place(j);
            double x = from[fromAt + j];
            double y = to[place];
            to[place] = switch (write) {
                case REPLACE -> x;
                case ADD -> y + x;
                case MUL -> y * x;
                case MIN -> Math.min(y, x);
                case MAX -> Math.max(y, x);
            };
        }
    }

    private static void longs(long[] from, int fromAt, long[] to, Line line, Write write) {
        for (int j = 0; j < line.n(); j++) {
            int place = line.place(j);
            long x = from[fromAt + j];
            long y = to[place];
            to[place] = switch (write) {
                case REPLACE -> x;
                case ADD -> y + x;
                case MUL -> y * x;
                case MIN -> Math.min(y, x);
                case MAX -> Math.max(y, x);
            };
        }
    }

    private static void ints(int[] from, int fromAt, int[] to, Line line, Write write) {
        for (int j = 0; j < line.n(); j++) {
            int place = line.place(j);
            int x = from[fromAt + j];
            int y = to[place];
            to[place] = switch (write) {
                case REPLACE -> x;
                case ADD -> y + x;
                case MUL -> y * x;
                case MIN -> Math.min(y, x);
                case MAX -> Math.max(y, x);
            };
        }
    }

    private static void shorts(short[] from, int fromAt, short[] to, Line line) {
        for (int j = 0; j < line.n(); j++) {
            to[line.place(j)] = from[fromAt + j];
        }
    }

    private static void bytes(byte[] from, int fromAt, byte[] to, Line line) {
        for (int j = 0; j < line.n(); j++) {
            to[line.place(j)] = from[fromAt + j];
        }
    }
}
