package luthier.nn.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import luthier.nn.text.TokenizerParts.Roles;
import luthier.tensor.io.Json;
import luthier.tensor.io.ModelFormatException;

/** The tokenizer files of a model's folder, the most telling one first. */
final class TokenizerFolder {
    private static final long MAX_BYTES = 1 << 27;

    private final Path folder;

    TokenizerFolder(Path folder) {
        this.folder = folder;
    }

    TokenizerParts read() throws IOException {
        SpecialTokens special = SpecialTokens.of(folder);
        Path file = folder.resolve("tokenizer.json");
        if (Files.exists(file)) {
            TokenizerParts parts = new TokenizerFile(Json.read(file), file.toString()).read();
            return parts.with(roles(special, parts));
        }
        Path words = folder.resolve("vocab.txt");
        if (Files.exists(words)) {
            TokenizerParts parts = VocabularyText.read(words, special);
            return parts.with(roles(special, parts));
        }
        Path vocabulary = folder.resolve("vocab.json");
        Path merges = folder.resolve("merges.txt");
        if (Files.exists(vocabulary) && Files.exists(merges)) {
            TokenizerParts parts = new MergesText(vocabulary, merges, special).read();
            return parts.with(roles(special, parts));
        }
        throw new ModelFormatException(
                folder.toString(),
                "text needs tokenizer.json, vocab.txt or vocab.json with merges.txt; got " + present()
                        + "; give token ids instead");
    }

    private String present() {
        List<String> found = Stream.of(
                        "vocab.json",
                        "merges.txt",
                        "tokenizer.model",
                        "sentencepiece.bpe.model",
                        "spiece.model",
                        "tokenizer.tiktoken")
                .filter(name -> Files.exists(folder.resolve(name)))
                .toList();
        return found.isEmpty() ? "none of them" : String.join(", ", found);
    }

    /** The tokens with a role, by what the folder's settings call them. */
    private static Roles roles(SpecialTokens special, TokenizerParts parts) {
        ToIntFunction<String> id = token -> parts.added().stream()
                .filter(added -> added.content().equals(token))
                .mapToInt(AddedToken::id)
                .findFirst()
                .orElseGet(() -> parts.model().vocabulary().id(token));
        return new Roles(special.id("bos_token", id), special.id("eos_token", id), special.id("pad_token", id));
    }

    /** Returns the lines of a text file, which end with LF or CRLF alone: a token may be any other character, U+2028 and U+0085 too. */
    static List<String> lines(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new ModelFormatException(
                    file.toString(),
                    0,
                    "a vocabulary must have at most " + MAX_BYTES + " bytes; got " + Files.size(file));
        }
        List<String> lines = new ArrayList<>();
        try {
            for (String line : Files.readString(file).split("\n", -1)) {
                lines.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
            }
        } catch (CharacterCodingException malformed) {
            throw new ModelFormatException(file.toString(), 0, "a vocabulary must be UTF-8");
        }
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        return lines;
    }
}
