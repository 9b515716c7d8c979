using System.Reflection;
using BridgeNet.Model;
using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Core.Tests;

/// <summary>
/// Dependencies point down only (docs/ARCHITECTURE.md), read from the compiled code: constants, which are copied by the compiler, do not
/// show.
/// </summary>
public sealed class LayersTests
{
    private const string Root = "BridgeNet.";

    private static readonly Assembly s_core = typeof(NetworkRow).Assembly,
        s_netlink = typeof(NetlinkConnection).Assembly;

    private static readonly Type[] s_types = [.. s_core.GetTypes(), .. s_netlink.GetTypes()];

    /// <summary>From the top; Model is beside all, and so is an Ethernet address, which is a value.</summary>
    private static readonly string[][] s_layers =
    [
        ["Session"],
        ["Services"],
        ["Drift"],
        ["Changes"],
        ["Drivers"],
        ["Desired", "Requests", "Names", "Ports", "Probes"],
        ["Firewall"],
        ["Kernel"],
        ["Ipam", "State", "Containers"],
        ["Rtnetlink", "Nftables", "Conntrack", "Sockets"],
        ["Netlink"],
        ["Native"],
    ];

    /// <summary>
    /// Who may use whom of the same layer: files hold what was asked for, and nf_tables and conntrack are both spoken to in nfnetlink.
    /// </summary>
    private static readonly (string From, string To)[] s_beside = [("Names", "Requests"), ("Conntrack", "Nftables")];

    [Fact]
    public void Dependencies_point_down_only()
    {
        string[] upward =
        [
            .. from type in s_types
            where LayerOf(type) is not null
            from used in ReferencedTypes.Of(type)
            where used.Assembly == s_core || used.Assembly == s_netlink
            where LayerOf(used) is not null && !MayUse(LayerOf(type)!, used)
            select $"{Name(type)} uses {Name(used)}",
        ];
        Assert.Equal("", string.Join('\n', upward.Distinct()));
    }

    [Fact]
    public void Every_type_is_in_a_layer() =>
        Assert.Empty(
            s_types
                .Select(LayerOf)
                .Where(layer => layer is not null && layer != "Model" && !s_layers.Any(layers => layers.Contains(layer)))
                .Distinct()
        );

    [Fact]
    public void The_test_sees_what_code_refers_to()
    {
        // One of each: the base, a field, a signature, a call in a body, one in a lambda.
        string[] seen =
        [
            .. ReferencedTypes
                .Of(typeof(Seen))
                .Concat(typeof(Seen).GetNestedTypes(BindingFlags.NonPublic).SelectMany(ReferencedTypes.Of))
                .Select(type => type.Name),
        ];
        Assert.All(
            ["Exception", "Version", "Uri", "Stack`1", "StringWriter", "Random", "NotSupportedException"],
            name => Assert.Contains(name, seen)
        );
    }

    [Fact]
    public void Netlink_is_of_use_without_the_rest() =>
        Assert.Equal(
            ["Tmds.LibC"],
            s_netlink
                .GetReferencedAssemblies()
                .Select(static assembly => assembly.Name!)
                .Where(static name => !name.StartsWith("System", StringComparison.Ordinal))
        );

    [Fact]
    public void The_core_knows_nothing_of_PowerShell() =>
        Assert.DoesNotContain(
            s_core.GetReferencedAssemblies(),
            assembly => assembly.Name!.Contains("Management.Automation", StringComparison.Ordinal)
        );

    /// <summary>What a network is made of is asked of its driver: no other code knows a driver by its name.</summary>
    [Fact]
    public void Only_drivers_know_the_names_of_drivers()
    {
        // "bridge", "host" and "null" are names of networks and of kinds of links, too.
        string[] names = ["\"macvlan\"", "\"ipvlan\"", ".Driver ==", ".Driver is"];
        string[] asking =
        [
            .. ((string[])["src/BridgeNet", "src/BridgeNet.Core", "src/BridgeNet.Shell"])
                .SelectMany(static folder =>
                    Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
                )
                .Where(static file =>
                    !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/Drivers/", StringComparison.Ordinal)
                )
                .Where(file => File.ReadAllText(file) is var text && names.Any(text.Contains)),
        ];
        Assert.Empty(asking);
    }

    private static bool MayUse(string from, Type used) => used == typeof(MacAddress) || MayUse(from, LayerOf(used)!);

    private static bool MayUse(string from, string to) =>
        from == to || (from != "Model" && (to == "Model" || Level(from) < Level(to) || s_beside.Contains((from, to))));

    private static int Level(string layer) => Array.FindIndex(s_layers, layers => layers.Contains(layer));

    /// <summary>The part of the namespace after the root; null for what the compiler adds without one.</summary>
    private static string? LayerOf(Type type) =>
        type.Namespace == "BridgeNet" ? "Session"
        : type.Namespace is { } space && space.StartsWith(Root, StringComparison.Ordinal) ? space[Root.Length..].Split('.')[0]
        : null;

    private static string Name(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type.FullName![Root.Length..];
    }

    private sealed class Seen : Exception
    {
        public readonly Version? Field = new(1, 0);

        public Uri? Signature(Stack<int> stack)
        {
            try
            {
                Console.Out.Write(new StringWriter());
                Func<int> lambda = () => new Random().Next() + (Field is null ? 0 : stack.Count);
                lambda();
            }
            catch (NotSupportedException) { }
            return null;
        }
    }
}
