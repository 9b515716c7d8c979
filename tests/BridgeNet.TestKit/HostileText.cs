namespace BridgeNet.TestKit;

/// <summary>
/// Text that nobody means well with, from a seed: what means something to a shell, a path, a rule file, a terminal, SQL or JSON, and right
/// values with something wrong in them.
/// </summary>
public sealed class HostileText(int seed)
{
    private static readonly string[] s_pieces =
    [
        "",
        " ",
        "\0",
        "\n",
        "\r\n",
        "\t",
        "\e[2J",
        "\u202e",
        "\ud800",
        "é",
        "名",
        "💥",
        "'",
        "\"",
        "`",
        "$(id)",
        "${IFS}",
        ";reboot",
        "|sh",
        "&&",
        ">x",
        "<(",
        "*",
        "?",
        "[a-z]",
        "%s%n",
        "{0}",
        "\\",
        "..",
        "../",
        "/../../etc/passwd",
        "/",
        "//",
        "./",
        "~",
        "/dev/null",
        "/proc/self/ns/net",
        "-",
        "--",
        "-j ACCEPT",
        "-A FORWARD",
        "COMMIT\n",
        "*nat",
        ":x",
        "}",
        "{ accept }",
        "#",
        "';DROP TABLE network;--",
        "null",
        "true",
        "0",
        "1",
        "-1",
        "65535",
        "65536",
        "4294967296",
        "99999999999999999999",
        "1e9",
        "0x50",
        "٣",
        "a",
        "B",
        "_",
        ".",
        "eth0",
        "br-x",
        "host",
        "none",
        "bridge",
        "default",
        "IFNAME",
        "all",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A number from 0, below one that is given.</summary>
    public int Next(int below) => _random.Next(below);

    /// <summary>One of them, as it is.</summary>
    public T One<T>(params ReadOnlySpan<T> of) => of[_random.Next(of.Length)];

    /// <summary>A right value, one with something wrong in it, or something else altogether.</summary>
    public string Of(params ReadOnlySpan<string> right)
    {
        string text = right[_random.Next(right.Length)];
        switch (_random.Next(6))
        {
            case 0 or 1:
                return text;
            case 2:
                int at = _random.Next(text.Length + 1);
                return text[..at] + Piece() + text[at..];
            case 3 when text.Length > 0:
                char[] letters = text.ToCharArray();
                letters[_random.Next(letters.Length)] = (char)_random.Next(_random.Next(2) == 0 ? 0x80 : 0x10000);
                return new string(letters);
            case 4:
                return string.Concat(Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Piece()));
            default:
                return _random.Next(40) == 0 ? new string('a', _random.Next(5000)) : text[.._random.Next(text.Length + 1)] + Piece();
        }
    }

    /// <summary>Some of them, mostly none.</summary>
    public string[] Some(params ReadOnlySpan<string> right)
    {
        string[] texts = new string[Math.Max(0, _random.Next(6) - 3)];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = Of(right);
        return texts;
    }

    /// <summary>A table of some of each, mostly an empty one.</summary>
    public Dictionary<string, string> Table(ReadOnlySpan<string> keys, ReadOnlySpan<string> values)
    {
        Dictionary<string, string> table = [];
        for (int i = Math.Max(0, _random.Next(6) - 3); i > 0; i--)
            table[Of(keys)] = Of(values);
        return table;
    }

    /// <summary>A text as of <see cref="Of"/>, mostly none.</summary>
    public string? Maybe(params ReadOnlySpan<string> right) => _random.Next(3) == 0 ? Of(right) : null;

    private string Piece() => s_pieces[_random.Next(s_pieces.Length)];
}
