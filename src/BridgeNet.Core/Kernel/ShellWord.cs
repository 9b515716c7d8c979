using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BridgeNet.Netlink;

namespace BridgeNet.Kernel;

/// <summary>
/// Quotes names for shell commands and for sentences on a terminal. The kernel accepts any bytes except '/', ':' and whitespace in an
/// interface name, and root in a container chooses the names inside.
/// </summary>
internal static partial class ShellWord
{
    [GeneratedRegex(@"\A[a-zA-Z0-9_.@%+=,/-]+\z")]
    private static partial Regex Plain();

    /// <summary>
    /// The name unchanged if it is plain; otherwise in <c>$'…'</c> (POSIX.1-2024, 2.2.4), with escapes for unprintable characters.
    /// </summary>
    public static string Of(string name) => Plain().IsMatch(name) ? name : $"$'{string.Concat(Letters(name))}'";

    private static IEnumerable<string> Letters(string name)
    {
        for (int i = 0; i < name.Length; )
        {
            if (KernelText.ByteOf(name[i]) is { } noText)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"\\x{noText:x2}");
                i++;
                continue;
            }
            Rune.DecodeFromUtf16(name.AsSpan(i), out Rune letter, out int length);
            yield return Escaped(letter);
            i += length;
        }
    }

    private static string Escaped(Rune letter) =>
        letter.Value switch
        {
            '\'' or '\\' => $"\\{letter}",
            < 0x20 or 0x7f => string.Create(CultureInfo.InvariantCulture, $"\\x{letter.Value:x2}"),
            // Characters that change the direction of text, and the controls of ISO 6429 beyond ASCII.
            _ when Rune.GetUnicodeCategory(letter)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator => string.Concat(
                Encoding.UTF8.GetBytes(letter.ToString()).Select(static part => $"\\x{part:x2}")
            ),
            _ => letter.ToString(),
        };
}
