package luthier.benchmarks.compare;

import java.util.List;

/** What a row is to reach. */
public sealed interface Goal {
    /** Words for the table. */
    String words();

    /** At least this often libtorch's speed. */
    record TimesLibtorch(double factor) implements Goal {
        @Override
        public String words() {
            return Format.digits(factor) + "x libtorch";
        }
    }

    /** At most this long. */
    record Nanoseconds(double limit) implements Goal {
        @Override
        public String words() {
            return Format.digits(limit) + " ns";
        }
    }

    /** At least this share of the machine's FMA peak, in percent. */
    record PercentOfPeak(double percent) implements Goal {
        @Override
        public String words() {
            return Format.digits(percent) + " % of peak";
        }
    }

    /** At least this often the speed of another row of ours, by its name. */
    record TimesRow(double factor, String row) implements Goal {
        @Override
        public String words() {
            return Format.digits(factor) + "x " + row;
        }
    }

    /** At most this many nanoseconds an element longer than other rows of ours together, by their names. */
    record Beyond(double limit, List<String> rows) implements Goal {
        @Override
        public String words() {
            return Format.digits(limit) + " ns beyond " + String.join(" and ", rows);
        }
    }
}
