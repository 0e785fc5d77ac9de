package luthier.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import luthier.finetune.TextGenerator;
import luthier.nn.chat.Conversation;
import luthier.nn.chat.Message;
import luthier.nn.generate.GenerationException;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A conversation in the terminal. */
@Command(
        name = "chat",
        description = {
            "Talks with a pretrained causal model: a folder or a GGUF file. A line is a turn; an empty one ends the conversation.",
            "/reset begins anew, /save FILE writes the conversation as a row to learn from, /quit ends."
        },
        mixinStandardHelpOptions = true)
final class ChatCommand implements Callable<Integer> {
    private static final String RESET = "/reset";
    private static final String SAVE = "/save";
    private static final String QUIT = "/quit";

    private final InputStream in;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", paramLabel = "DIR|FILE.gguf", description = "the model")
    private Path path = Path.of("");

    @Option(names = "--system", paramLabel = "TEXT", description = "a system message at the beginning")
    private String system = "";

    @Mixin
    private GenerationOptions options = new GenerationOptions();

    ChatCommand() {
        this(System.in);
    }

    /** Reads standard input from elsewhere. */
    ChatCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws IOException {
        TextGenerator model = GenerateCommand.load(path);
        TextGenerator.Wish wish = options.of(model);
        PrintWriter out = spec.commandLine().getOut();
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        Conversation conversation = begun();
        while (true) {
            out.print("> ");
            out.flush();
            String line = lines.readLine();
            if (line == null || line.isBlank() || line.strip().equals(QUIT)) {
                return 0;
            }
            String word = line.strip();
            if (word.equals(RESET)) {
                conversation = begun();
                out.println("begun anew");
            } else if (word.equals(SAVE) || word.startsWith(SAVE + " ")) {
                save(conversation, word.substring(SAVE.length()).strip(), out);
            } else if (word.startsWith("/")) {
                out.println("there are " + RESET + ", " + SAVE + " FILE and " + QUIT + "; got " + word);
            } else {
                conversation = answered(conversation.plus(Message.user(line)), model, wish, out);
            }
        }
    }

    private Conversation begun() {
        return system.isEmpty() ? Conversation.of() : Conversation.of(Message.system(system));
    }

    /** Returns the conversation with its answer; without the turn if it has become too long. */
    private Conversation answered(
            Conversation conversation, TextGenerator model, TextGenerator.Wish wish, PrintWriter out) {
        try {
            TextGenerator.Answer answer =
                    model.answer(conversation, LocalDateTime.now(ZoneId.systemDefault()), wish, piece -> {
                        out.print(piece);
                        out.flush();
                        return !out.checkError();
                    });
            out.println();
            return conversation.plus(Message.assistant(answer.text()));
        } catch (GenerationException tooLong) {
            out.println(tooLong.getMessage() + "; " + RESET + " begins anew");
            List<Message> before =
                    conversation.messages().subList(0, conversation.messages().size() - 1);
            return Conversation.of(before.toArray(Message[]::new));
        }
    }

    private static void save(Conversation conversation, String name, PrintWriter out) throws IOException {
        if (name.isEmpty()) {
            out.println(SAVE + " needs the name of a file: " + SAVE + " chat.jsonl");
            return;
        }
        List<JsonValue> messages = conversation.messages().stream()
                .map(message -> (JsonValue) message.fields())
                .toList();
        String row = Json.of(Map.of("messages", messages)).toJson(0) + "\n";
        AtomicFiles.writeString(Path.of(name), row);
        out.println("saved " + conversation.messages().size() + " messages in " + name);
    }
}
