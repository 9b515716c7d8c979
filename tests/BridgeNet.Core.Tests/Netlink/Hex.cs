using System.Globalization;

namespace BridgeNet.Core.Tests.Netlink;

/// <summary>Bytes as they are quoted in tests: pairs of digits, <c>00x8</c> for eight of them, and words after a <c>#</c>.</summary>
internal static class Hex
{
    public static byte[] Bytes(string text) =>
        [
            .. text.Split('\n')
                .SelectMany(line => line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .SelectMany(word =>
                    word.Split('x') is [var pair, var times]
                        ? Enumerable.Repeat(Pair(pair), int.Parse(times, CultureInfo.InvariantCulture))
                        : [Pair(word)]
                ),
        ];

    /// <summary>In rows of four, as attributes are aligned.</summary>
    public static string Rows(ReadOnlySpan<byte> bytes) =>
        string.Join(
            '\n',
            bytes.ToArray().Chunk(4).Select(row => string.Join(' ', row.Select(part => part.ToString("x2", CultureInfo.InvariantCulture))))
        );

    private static byte Pair(string pair) => byte.Parse(pair, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
