using System.Text;

namespace BridgeNet.Netlink;

/// <summary>
/// Converts names of the kernel to text, and back. The kernel accepts any bytes, so bytes that are not UTF-8 become a lone surrogate U+DC80
/// to U+DCFF, one for
/// each byte (as in Python, PEP 383): different bytes are different text, and text is written as the bytes that it was.
/// </summary>
public static class KernelText
{
    private const char Escape = '\uDC00';

    /// <summary>The text of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune letter, out int length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(letter.ToString());
            }
            else
            {
                length = 1;
                text.Append((char)(Escape + bytes[0]));
            }
            bytes = bytes[length..];
        }
        return text.ToString();
    }

    /// <summary>The bytes of text.</summary>
    public static byte[] GetBytes(string text)
    {
        List<byte> bytes = new(text.Length);
        Span<byte> letter = stackalloc byte[4];
        for (int i = 0; i < text.Length; )
        {
            if (ByteOf(text[i]) is { } escaped)
            {
                bytes.Add(escaped);
                i++;
                continue;
            }
            Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int length);
            bytes.AddRange(letter[..rune.EncodeToUtf8(letter)]);
            i += length;
        }
        return [.. bytes];
    }

    /// <summary>The byte that a surrogate stands for; null for other letters.</summary>
    public static byte? ByteOf(char letter) => letter is >= '\uDC80' and <= '\uDCFF' ? (byte)(letter - Escape) : null;
}
