using System.Text;
using BridgeNet.Netlink;

namespace BridgeNet.Core.Tests.Netlink;

/// <summary>
/// A message as text, an attribute a line under its path of types, so that two that mean the same are the same: siblings
/// are sorted by type, and marks of nesting and the terminating zeros of texts, which the kernel takes with and without, left out.
/// </summary>
/// <param name="fixedLength">The length of the struct after the header.</param>
internal sealed class AttributeTree(int fixedLength)
{
    /// <summary>Nested attributes that are not marked so, with the length of the struct before what is in them.</summary>
    public Dictionary<string, int> Nested { get; init; } = [];

    /// <summary>Attributes that hold text.</summary>
    public string[] Texts { get; init; } = [];

    /// <summary>
    /// An attribute that is called by the text of its first sibling, as an expression's data is by the expression's name.
    /// </summary>
    public string? CalledBySibling { get; init; }

    /// <summary>Paths that are not compared.</summary>
    public string[] Ignored { get; init; } = [];

    public IReadOnlyList<string> Of(byte[] message)
    {
        List<string> lines =
        [
            $"type {BitConverter.ToUInt16(message, 4)}",
            $"struct {Convert.ToHexStringLower(message.AsSpan(16, fixedLength))}",
        ];
        Add(lines, "", message[(16 + fixedLength)..BitConverter.ToInt32(message)]);
        return lines;
    }

    private void Add(List<string> lines, string under, byte[] bytes)
    {
        List<(ushort Type, bool Marked, byte[] Value)> attributes = [];
        for (int at = 0; at + 4 <= bytes.Length; at += NetlinkConstants.Align(BitConverter.ToUInt16(bytes, at)))
        {
            ushort type = BitConverter.ToUInt16(bytes, at + 2);
            attributes.Add(((ushort)(type & 0x3fff), (type & 0x8000) != 0, bytes[(at + 4)..(at + BitConverter.ToUInt16(bytes, at))]));
        }
        string? first = null;
        foreach ((ushort type, bool marked, byte[] value) in attributes.OrderBy(attribute => attribute.Type))
        {
            string path = under + type;
            first ??= Encoding.UTF8.GetString(value).TrimEnd('\0');
            if (path == CalledBySibling)
                path = under + first;
            if (Ignored.Contains(path))
                continue;
            int before = Nested.GetValueOrDefault(path, 0);
            if (marked || Nested.ContainsKey(path))
            {
                lines.Add($"{path} {{{Convert.ToHexStringLower(value.AsSpan(0, before))}");
                Add(lines, path + "/", value[before..]);
            }
            else
            {
                lines.Add(
                    $"{path} {(Texts.Contains(path) ? Encoding.UTF8.GetString(value).TrimEnd('\0') : Convert.ToHexStringLower(value))}"
                );
            }
        }
    }
}
