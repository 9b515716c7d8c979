using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace BridgeNet.Simulation;

/// <summary>A world without what differs from run to run: two worlds of the same form differ in ids and numbers alone.</summary>
internal static partial class CanonicalForm
{
    // Ids, links named by them, Ethernet addresses, and the numbers of namespaces.
    [GeneratedRegex(
        """[0-9a-f]{64}|[0-9a-f]{32}|(?<=br-)[0-9a-f]{12}|(?<=veth)[0-9a-f]{7}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|(?<="(?:Cookie|NetNSInode)":)\d+"""
    )]
    private static partial Regex Varying();

    /// <summary>The hash of the form of a world.</summary>
    public static string Of(World world)
    {
        string? last = world.State.Current.LastChange;
        IEnumerable<string> lines = world
            .Describe()
            .Select(line => last is null ? line : line.Replace(last, "the last change", StringComparison.Ordinal));
        // Sorted without what varies, which is then numbered by its first appearance.
        Dictionary<string, string> names = [];
        StringBuilder form = new();
        foreach (
            (_, string line) in lines
                .Select(static line => (Masked: Varying().Replace(line, "*"), Line: line))
                .OrderBy(static line => line.Masked, StringComparer.Ordinal)
        )
        {
            form.Append(
                    Varying()
                        .Replace(
                            line,
                            found =>
                            {
                                if (!names.TryGetValue(found.Value, out string? name))
                                    names.Add(found.Value, name = $"<{names.Count}>");
                                return name;
                            }
                        )
                )
                .Append('\n');
        }
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(form.ToString())));
    }
}
