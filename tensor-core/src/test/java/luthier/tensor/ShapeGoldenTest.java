package luthier.tensor;

import static luthier.golden.Args.axes;
import static luthier.golden.Args.axis;
import static luthier.golden.Args.integers;
import static luthier.golden.Args.longs;
import static luthier.golden.Args.number;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.GoldenForward;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ShapeGoldenTest {
    @TestFactory
    Stream<DynamicTest> shapes() {
        return Stream.of(
                        GoldenForward.one("reshape", (in, args) -> reshape(in.get("x"), args)),
                        GoldenForward.one(
                                "transpose", (in, args) -> in.get("x").transpose(axes(args)[0], axes(args)[1])),
                        GoldenForward.one("permute", (in, args) -> in.get("x").permute(axes(args))),
                        GoldenForward.one(
                                "expand", (in, args) -> in.get("x").expand(Shape.of(longs(args.get("shape"))))),
                        GoldenForward.all("squeeze_unsqueeze", (in, args) -> squeezed(in.get("x"), args)),
                        GoldenForward.one("slice", (in, args) -> slices(in.get("x"), args)),
                        GoldenForward.one(
                                "select",
                                (in, args) -> in.get("x")
                                        .select(axis(args), args.get("index").asLong())))
                .flatMap(tests -> tests);
    }

    private static Tensor reshape(Tensor x, JsonObject args) {
        Tensor from = args.find("permute_first").isPresent() ? x.permute(integers(args.get("permute_first"))) : x;
        return from.reshape(longs(args.get("shape")));
    }

    /** u is x unsqueezed at the first place, s the sum over all places of what is squeezed back. */
    private static Map<String, Tensor> squeezed(Tensor x, JsonObject args) {
        int[] at = integers(args.get("at"));
        Tensor sum = Tensor.zeros(x.dtype(), x.shape());
        for (int axis : at) {
            sum = sum.add(x.unsqueeze(axis).squeeze(axis));
        }
        return Map.of("u", x.unsqueeze(at[0]), "s", sum);
    }

    private static Tensor slices(Tensor x, JsonObject args) {
        Tensor y = x;
        List<JsonValue> slices = args.get("slices").asList();
        for (int axis = 0; axis < slices.size(); axis++) {
            long[] s = longs(slices.get(axis));
            y = y.slice(axis, s[0], s[1], s[2]);
        }
        return y;
    }

    @TestFactory
    Stream<DynamicTest> movements() {
        return Stream.of(
                        GoldenForward.one("concat", (in, args) -> Joining.concat(List.copyOf(in.values()), axis(args))),
                        GoldenForward.one("stack", (in, args) -> Joining.stack(List.copyOf(in.values()), axis(args))),
                        GoldenForward.all("split", (in, args) -> split(in.get("x"), args)),
                        GoldenForward.one(
                                "pad",
                                (in, args) -> Padding.constant(
                                        in.get("x"), number(args, "value", 0), longs(args.get("pad")))),
                        GoldenForward.one("flip", (in, args) -> Movement.flip(in.get("x"), axes(args))),
                        GoldenForward.one(
                                "triu", (in, args) -> Diagonals.triu(in.get("x"), (long) number(args, "diagonal", 0))),
                        GoldenForward.one(
                                "tril", (in, args) -> Diagonals.tril(in.get("x"), (long) number(args, "diagonal", 0))))
                .flatMap(tests -> tests);
    }

    private static Map<String, Tensor> split(Tensor x, JsonObject args) {
        List<Tensor> parts = Joining.split(x, axis(args), longs(args.get("sizes")));
        Map<String, Tensor> named = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            named.put("y" + i, parts.get(i));
        }
        return named;
    }

    @TestFactory
    Stream<DynamicTest> indices() {
        return Stream.of(
                        GoldenForward.one(
                                "gather", (in, args) -> Indexing.gather(in.get("x"), axis(args), in.get("idx"))),
                        GoldenForward.one(
                                "scatter_add",
                                (in, args) ->
                                        Indexing.scatterAdd(in.get("x"), axis(args), in.get("idx"), in.get("src"))),
                        GoldenForward.one(
                                "index_select",
                                (in, args) -> Indexing.indexSelect(in.get("x"), axis(args), in.get("idx"))),
                        GoldenForward.one(
                                "index_add",
                                (in, args) -> Indexing.indexAdd(in.get("x"), axis(args), in.get("idx"), in.get("src"))),
                        GoldenForward.one(
                                "embedding", (in, args) -> Indexing.embedding(in.get("weight"), in.get("idx"))),
                        GoldenForward.one(
                                "masked_fill",
                                (in, args) -> Selection.maskedFill(
                                        in.get("x"),
                                        in.get("mask"),
                                        args.get("value").asDouble())))
                .flatMap(tests -> tests);
    }
}
