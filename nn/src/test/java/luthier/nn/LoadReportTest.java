package luthier.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadReportTest {
    @Test
    void printsWhatAUserShouldSee() {
        LoadReport report = new LoadReport(
                "model.safetensors",
                Map.of("a", "bert.a", "b", "bert.b"),
                List.of("classifier.bias", "classifier.weight"),
                List.of("position_ids"),
                List.of());
        assertEquals("""
                loaded 2 tensors from model.safetensors
                made anew: classifier.bias, classifier.weight
                not needed: position_ids
                note: a pickle was read""", report.noting("a pickle was read").toString());
    }

    @Test
    void leavesOutWhatIsEmptyAndCountsWhatIsLong() {
        LoadReport report = new LoadReport("f", Map.of(), List.of(), List.of(), List.of());
        assertEquals("loaded 0 tensors from f", report.toString());
        List<String> ten = IntStream.range(0, 10).mapToObj(i -> "t" + i).toList();
        assertEquals(
                "loaded 0 tensors from f\nnot needed: t0, t1, t2, t3, t4, t5, t6, t7 and 2 more",
                new LoadReport("f", Map.of(), List.of(), ten, List.of()).toString());
    }
}
