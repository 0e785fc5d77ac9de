/**
 * What is learned. {@link luthier.finetune.task.DataShape} recognises what rows are for and turns them into typed rows:
 *
 * {@snippet :
 * Path file = Files.writeString(Files.createTempFile("tickets", ".csv"), """
 *         text,label
 *         where is my parcel,delivery
 *         the page is down,outage
 *         my parcel is late,delivery
 *         """);
 * Rows rows = Rows.read(file);
 * DataShape shape = DataShape.recognise(rows, DataOptions.auto());
 * shape.typed(rows).getFirst().label(); // delivery
 * }
 */
package luthier.finetune.task;
