using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drivers;

/// <summary>
/// An interface of the host whose other end is the wire: a namespace of its own, with a switch and a machine in it.
/// </summary>
/// <param name="space">The namespace of the host.</param>
/// <param name="driver">The driver of the networks.</param>
internal sealed class WireLab(PrivateNamespace space, string driver)
{
    /// <summary>The interface.</summary>
    public const string Parent = "wan0";

    private const string Wire = "/run/netns/wire";

    /// <summary>A request for a network on the wire.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">Its options, by Docker's keys.</param>
    /// <param name="parent">Its parent; empty for none.</param>
    public NetworkRequest On(string name, Dictionary<string, string>? options = null, string parent = Parent)
    {
        options ??= [];
        if (parent.Length > 0)
            options[NetworkOptions.Parent] = parent;
        return new NetworkRequest(name)
        {
            Driver = driver,
            Subnets = ["192.168.7.0/24", "fd00:7::/64"],
            Gateways = ["192.168.7.1", "fd00:7::1"],
            Options = options,
        };
    }

    /// <summary>Where a container's namespace is.</summary>
    public static string Inside(Session engine, string container) => engine.FindContainer(container).NetNSPath;

    /// <summary>Lays the wire.</summary>
    public static void Lay() =>
        Admin.Run(
            $"""
            mkdir -p /run/netns; mountpoint -q {Wire} || (touch {Wire}; unshare --net={Wire} true)
            ip link add {Parent} type veth peer name far netns {Wire}
            ip link set {Parent} up
            nsenter --net={Wire} sh -c 'ip link show sw || ip link add sw type bridge; ip link set far master sw up; ip link set sw up'
            nsenter --net={Wire} sh -c 'sysctl -qw net.ipv6.conf.sw.accept_dad=0; ip address replace 192.168.7.1/24 dev sw; ip address replace fd00:7::1/64 dev sw nodad'
            """
        );

    /// <summary>Runs a command on the machine on the wire.</summary>
    public static void OnTheWire(string command) => Admin.Run($"nsenter --net={Wire} {command}");

    /// <summary>The switch sends frames back where they came from.</summary>
    public static void Reflect() => OnTheWire("bridge link set dev far hairpin on");

    /// <summary>Skips where the kernel does not have the driver's interfaces.</summary>
    public static void Needs(UpperKind kind)
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        Assert.SkipUnless(links.Has(kind), $"this kernel has no {kind.Name} (CONFIG_{kind.Name.ToUpperInvariant()})");
    }

    /// <summary>Works with an engine beside the wire, and removes everything afterwards.</summary>
    public void In(Action<Session> work) =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, _) =>
            {
                Admin.Needs("ip", "bridge", "nsenter", "unshare", "sysctl", "mountpoint");
                try
                {
                    Lay();
                    work(engine);
                }
                finally
                {
                    EngineSpace.Clean(engine);
                    Admin.Run($"ip link delete {Parent} 2>&1 || true; umount {Wire} 2>&1 || true; rm -f {Wire}");
                }
            }
        );
}
