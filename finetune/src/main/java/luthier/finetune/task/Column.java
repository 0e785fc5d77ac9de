package luthier.finetune.task;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import luthier.nn.data.Row;
import luthier.nn.data.Rows;
import luthier.nn.data.WhiteSpace;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/** What the values of a column look like, gathered in one pass; the shape follows from it. */
final class Column {
    /** Distinct values are counted up to this many: beyond, they are many. */
    private static final int MOST_COUNTED = 100_000;

    /** Whole numbers up to this many are taken for classes, whichever they are; more are if they count from 0. */
    private static final int MOST_NUMBERED = 20;

    private static final int LONG = 64;

    private final String name;
    private final Set<String> distinct = new HashSet<>();
    private int countedRows;
    private int values;
    private int texts;
    private int lists;
    private int objectLists;
    private int truths;
    private int bits;
    private int numbers;
    private int whole;

    /** Numbers that are not the one before and one more: an index has one, its first. */
    private int uncounted;

    private String successor = "";
    private int commas;
    private long words;

    private Column(String name) {
        this.name = name;
    }

    /** Gathers all columns of the rows. */
    static List<Column> of(Rows rows) {
        List<Column> columns = rows.columns().stream().map(Column::new).toList();
        rows.forEach(row -> columns.forEach(column -> column.add(row)));
        return new ArrayList<>(columns);
    }

    private void add(Row row) {
        JsonValue value = row.find(name).orElse(null);
        switch (value) {
            case null -> {}
            case JsonNull ignored -> {}
            case JsonString text when WhiteSpace.blank(text.value()) -> {}
            case JsonString text -> {
                texts++;
                addScalar(WhiteSpace.trim(text.value()));
                words += words(text.value());
            }
            case JsonNumber number -> addScalar(number.text());
            case JsonBoolean truth -> addScalar(String.valueOf(truth.value()));
            case JsonArray list -> {
                values++;
                lists++;
                objectLists += list.elements().stream().anyMatch(JsonObject.class::isInstance) ? 1 : 0;
            }
            case JsonObject ignored -> values++;
        }
    }

    private void addScalar(String text) {
        values++;
        if (distinct.size() < MOST_COUNTED) {
            distinct.add(key(text));
            countedRows++;
        }
        truths += text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false") ? 1 : 0;
        bits += text.equals("0") || text.equals("1") ? 1 : 0;
        if (Numbers.number(text)) {
            uncounted += text.equals(successor) ? 0 : 1;
            successor = Numbers.successor(text);
            numbers++;
            whole += Numbers.whole(text) ? 1 : 0;
        }
        commas += Numbers.decimalComma(text) ? 1 : 0;
    }

    /** A long text stands for itself by its beginning, length and hash, so that distinct ones can be counted in little memory. */
    private static String key(String text) {
        return text.length() <= LONG ? text : text.substring(0, LONG / 2) + text.length() + ' ' + text.hashCode();
    }

    private static int words(String text) {
        int words = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            boolean space = WhiteSpace.is(text.charAt(i));
            words += !space && !inside ? 1 : 0;
            inside = !space;
        }
        return words;
    }

    /** Returns the column's name. */
    String name() {
        return name;
    }

    /** Whether any value is a list. */
    boolean hasLists() {
        return lists > 0;
    }

    /** Whether most values are lists. */
    boolean lists() {
        return lists * 2 > values;
    }

    /** Whether any value is a list with objects. */
    boolean hasObjectLists() {
        return objectLists > 0;
    }

    /** Whether any value is true or false. */
    boolean hasTruths() {
        return truths > 0;
    }

    /** Whether all values are 0 or 1. */
    boolean allBits() {
        return values > 0 && bits == values;
    }

    /** Whether all values are numbers. */
    boolean allNumbers() {
        return values > 0 && numbers == values;
    }

    /** Whether so many values are numbers that the others are mistakes. */
    boolean nearlyAllNumbers() {
        return numbers > 0 && numbers * 10 >= values * 9;
    }

    /** Whether most values are numbers. */
    boolean mostlyNumbers() {
        return numbers * 2 > values;
    }

    /** Whether most values are numbers with a decimal comma. */
    boolean mostlyDecimalCommas() {
        return commas * 2 > values;
    }

    /** Whether the column holds numbers that name classes: few whole ones, or all from 0 on. */
    boolean numberedClasses() {
        boolean fromZero = IntStream.range(0, distinct.size()).allMatch(i -> distinct.contains(String.valueOf(i)));
        return whole == numbers && few() && (distinct.size() <= MOST_NUMBERED || fromZero);
    }

    /** Whether the values are texts, not numbers, of which more than half differ. */
    boolean distinctTexts() {
        return texts * 2 > values && !mostlyNumbers() && distinct.size() * 2 > countedRows;
    }

    /** Whether the values are texts of three words and more on average, of which more than half differ. */
    boolean longTexts() {
        return distinctTexts() && words >= 3L * texts;
    }

    /** Whether the values are texts, not numbers. */
    boolean texts() {
        return texts * 2 > values && !mostlyNumbers();
    }

    /** Whether all values differ. */
    boolean allDistinct() {
        return distinct.size() == countedRows && countedRows > 0;
    }

    /** Whether there are so few distinct values that they can be classes. */
    boolean few() {
        return few(distinct.size(), countedRows);
    }

    /** Whether the values are few and different, as names of classes are. */
    boolean classes() {
        return few() && distinct.size() > 1;
    }

    /** Whether the column could be what a model is to learn: classes, numbers or lists of names. */
    boolean plausibleTarget() {
        boolean measured = allNumbers() && uncounted > 1 && distinct.size() > 1;
        return classes() || measured || (lists() && objectLists == 0);
    }

    /**
     * Whether so many labels can be classes of so many rows: not one label a row; at most one for two rows, but ten always may be.
     */
    static boolean few(int labels, int rows) {
        return labels < rows && labels <= Math.max(rows / 2, 10);
    }
}
