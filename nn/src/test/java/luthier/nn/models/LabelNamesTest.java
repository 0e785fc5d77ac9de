package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import luthier.tensor.io.Json;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelNamesTest {
    private static Optional<List<String>> of(String json) {
        return LabelNames.of(Json.parse(json, "config.json").asObject());
    }

    @Test
    void ordersByNumberNotByText() {
        assertEquals(Optional.of(List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")), of("""
                        {"id2label": {"0": "a", "1": "b", "10": "k", "2": "c", "3": "d", "4": "e", "5": "f", "6": "g",
                                      "7": "h", "8": "i", "9": "j"}}"""));
    }

    @Test
    void numbersLabelsWithoutNames() {
        assertEquals(Optional.of(List.of("LABEL_0", "LABEL_1", "LABEL_2")), of("{\"num_labels\": 3}"));
        assertEquals(Optional.empty(), of("{}"));
        assertEquals(
                Optional.of(List.of("no", "yes")),
                of("{\"id2label\": {\"0\": \"no\", \"1\": \"yes\"}, \"label2id\": {\"yes\": 1, \"no\": 0}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            {"id2label": {"0": "a", "2": "b"}} ~ id2label must name 0 to 1; got no name for 1, but one for 2
            {"id2label": {"0": "a", "1": "a"}} ~ id2label must give every name once; got a twice
            {"id2label": {"0": "a", "01": "b"}} ~ id2label must go from numbers to names; got 01
            {"id2label": {"a": "0"}} ~ id2label must go from numbers to names; got a
            {"id2label": {"0": 1}} ~ id2label.0: must be a string; got 1
            {"id2label": {"0": "a", "1": "b"}, "label2id": {"a": 1, "b": 0}} ~ label2id must say what id2label says; got 1 for a, which id2label gives 0
            {"id2label": {"0": "a"}, "label2id": {"a": 0, "b": 1}} ~ label2id must say what id2label says; got 1 for b, which id2label does not name
            {"id2label": {"0": "a"}, "label2id": {}} ~ label2id must say what id2label says; got nothing for a
            {"id2label": {"0": "a"}, "num_labels": 3} ~ num_labels must be the number of names in id2label, 1; got 3
            {"num_labels": 0} ~ num_labels must be 1 to 1000000; got 0
            """)
    void refusesWhatContradicts(String json, String rule) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> of(json));
        assertEquals(rule, e.rule());
    }
}
