package luthier.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.JoiningOps;
import luthier.tensor.Indexing;
import luthier.tensor.Tensor;

/**
 * A pass whose rows use different adaptations: the rows of each choice run as a batch of their own, and the outputs are joined in the
 * rows' order. No layer knows of it, and a row has the bits that it has alone.
 */
final class RowGroups {
    private RowGroups() {}

    static Variable forward(Layer root, Variable x, Context c, List<Active> perRow) {
        if (x.rank() == 0 || x.size(0) != perRow.size()) {
            throw new IllegalArgumentException("active: every row of the batch needs one choice; got " + perRow.size()
                    + " choices for an input " + x.shape());
        }
        Map<Active, List<Long>> groups = new LinkedHashMap<>();
        for (int row = 0; row < perRow.size(); row++) {
            groups.computeIfAbsent(perRow.get(row), choice -> new ArrayList<>()).add((long) row);
        }
        List<Variable> outputs = new ArrayList<>();
        long[] place = new long[perRow.size()];
        int done = 0;
        for (Map.Entry<Active, List<Long>> group : groups.entrySet()) {
            Tensor rows = index(group.getValue());
            Context own =
                    c.rows(tensor -> Indexing.indexSelect(tensor, 0, rows)).with(Context.ACTIVE, group.getKey());
            outputs.add(root.forward(IndexingOps.indexSelect(x, 0, rows), own));
            for (long row : group.getValue()) {
                place[(int) row] = done++;
            }
        }
        return IndexingOps.indexSelect(JoiningOps.concat(outputs, 0), 0, Tensor.of(place, place.length));
    }

    private static Tensor index(List<Long> rows) {
        return Tensor.of(rows.stream().mapToLong(row -> row).toArray(), rows.size());
    }
}
