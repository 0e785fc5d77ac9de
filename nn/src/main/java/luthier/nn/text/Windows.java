package luthier.nn.text;

import java.util.ArrayList;
import java.util.List;
import luthier.nn.text.Frame.Stretch;

/** Cuts texts to what a sequence has room for, once or window by window. */
record Windows(Truncation truncation, int specials) {
    /** Returns how many tokens of each text stay. */
    int[] kept(List<TokenList> texts) {
        int room = truncation.maxLength() - specials;
        if (room < 0) {
            throw new IllegalArgumentException("encode: maxLength must leave room for the " + specials
                    + " special tokens; got " + truncation.maxLength());
        }
        int[] kept = texts.stream().mapToInt(TokenList::count).toArray();
        long total = 0;
        for (int count : kept) {
            total += count;
        }
        if (total > room) {
            shorten(kept, room, (int) (total - room));
        }
        return kept;
    }

    private void shorten(int[] kept, int room, int over) {
        switch (truncation.strategy()) {
            case LONGEST_FIRST -> shortenLongest(kept, room);
            case ONLY_FIRST -> shortenOne(kept, 0, over);
            case ONLY_SECOND -> shortenOne(kept, 1, over);
        }
    }

    private static void shortenOne(int[] kept, int text, int over) {
        if (text == kept.length) {
            throw new IllegalArgumentException("encode: only the second text is to be cut; got one text");
        }
        if (kept[text] <= over) {
            throw new IllegalArgumentException("encode: cutting the " + (text == 0 ? "first" : "second")
                    + " text alone must leave something of it; got " + kept[text] + " tokens of which " + over
                    + " are too many; give a larger maxLength or cut the longest first");
        }
        kept[text] -= over;
    }

    /** Where both must be cut, the longer one keeps the odd token. */
    private static void shortenLongest(int[] kept, int room) {
        if (kept.length == 1) {
            kept[0] = room;
            return;
        }
        int shorter = kept[0] > kept[1] ? 1 : 0;
        if (kept[shorter] > room / 2) {
            kept[shorter] = room / 2;
        }
        kept[1 - shorter] = room - kept[shorter];
    }

    /** Returns the first window alone. */
    List<Stretch> first(List<TokenList> texts) {
        int[] kept = kept(texts);
        List<Stretch> result = new ArrayList<>();
        for (int i = 0; i < kept.length; i++) {
            int count = texts.get(i).count();
            result.add(
                    truncation.side() == Side.RIGHT
                            ? new Stretch(texts.get(i), 0, kept[i])
                            : new Stretch(texts.get(i), count - kept[i], count));
        }
        return result;
    }

    /** Returns all windows: those of a pair in every combination, the first text's first one last. */
    List<List<Stretch>> all(List<TokenList> texts) {
        int[] kept = kept(texts);
        List<List<Stretch>> windows = new ArrayList<>();
        for (int i = 0; i < kept.length; i++) {
            windows.add(of(texts.get(i), kept[i]));
        }
        List<List<Stretch>> result = new ArrayList<>();
        List<Stretch> seconds = windows.size() == 1 ? List.of() : windows.get(1);
        for (int i = 0; i < windows.getFirst().size(); i++) {
            Stretch text = windows.getFirst().get(i);
            if (seconds.isEmpty()) {
                result.add(List.of(text));
            } else if (i == 0) {
                result.add(List.of(text, seconds.getFirst()));
            } else {
                seconds.forEach(second -> result.add(List.of(text, second)));
            }
        }
        for (int i = 1; i < seconds.size(); i++) {
            result.add(List.of(windows.getFirst().getFirst(), seconds.get(i)));
        }
        return result;
    }

    private List<Stretch> of(TokenList text, int most) {
        int count = text.count();
        if (most == count) {
            return List.of(new Stretch(text, 0, count));
        }
        if (truncation.stride() >= most) {
            throw new IllegalArgumentException("encode: the stride must be smaller than a window's " + most
                    + " tokens of the text; got " + truncation.stride());
        }
        int step = most - truncation.stride();
        List<Stretch> result = new ArrayList<>();
        for (int from = 0; result.isEmpty() || from - step + most < count; from += step) {
            int to = Math.min(from + most, count);
            result.add(
                    truncation.side() == Side.RIGHT
                            ? new Stretch(text, from, to)
                            : new Stretch(text, count - to, count - from));
        }
        return result;
    }
}
