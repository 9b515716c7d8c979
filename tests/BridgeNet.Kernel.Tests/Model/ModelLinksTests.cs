using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using BridgeNet.Containers;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using BridgeNet.Simulation;
using CsCheck;
using Xunit;

namespace BridgeNet.Kernel.Tests.Model;

/// <summary>The kernel of the simulation does to links, addresses, routes and settings what the kernel does, errors included.</summary>
public sealed class ModelLinksTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>, IDisposable
{
    private static readonly string[] s_bridges = ["b0", "b1"],
        s_ends = ["v0", "v1"],
        s_peers = ["eth0", "eth1"];

    private static readonly (IPAddress Address, int Length)[] s_addresses =
    [
        (IPAddress.Parse("10.1.0.1"), 24),
        (IPAddress.Parse("10.1.0.2"), 24),
        (IPAddress.Parse("10.2.0.1"), 16),
        (IPAddress.Parse("10.3.0.1"), 32),
        (IPAddress.Parse("fd00::1"), 64),
    ];

    /// <summary>One request, of the host or of a container, by names: indexes differ.</summary>
    private sealed record Request(string Words, Action<IRtnetlink, IRtnetlink, SafeHandle, ISysctl> Send)
    {
        public override string ToString() => Words;
    }

    private static readonly Gen<string> s_bridge = Gen.OneOf(s_bridges),
        s_end = Gen.OneOf(s_ends),
        s_peer = Gen.OneOf(s_peers),
        s_hostLink = Gen.OneOf([.. s_bridges, .. s_ends]);

    private static readonly Gen<Request> s_request = Gen.OneOf([
        Gen.Select(
            s_bridge,
            Gen.OneOf(1500, 1400),
            static (name, mtu) =>
                new Request(
                    $"add bridge {name} mtu {mtu}",
                    (host, _, _, _) => host.CreateBridge(name, MacOf(name), mtu, 5, $"alias of {name}")
                )
        ),
        Gen.Select(
            s_end,
            s_bridge,
            s_peer,
            static (name, bridge, peer) =>
                new Request(
                    $"add veth {name} master {bridge} peer {peer}",
                    (host, _, inside, _) =>
                        host.CreateVeth(name, MacOf(name), 1400, Index(host, bridge), $"alias of {name}", inside, peer, MacOf(peer), 6)
                )
        ),
        s_hostLink.Select(static name => new Request($"delete {name}", (host, _, _, _) => host.DeleteLinks([Index(host, name)]))),
        On(static (links, index) => links.SetUp(index), "up"),
        On(static (links, index) => links.SetUp(index), "up again"),
        On(static (links, index) => links.SetDown(index), "down"),
        On(static (links, index) => links.SetMtu(index, 1300), "mtu 1300"),
        On(static (links, index) => links.SetMtu(index, 1500), "mtu 1500"),
        On(static (links, index) => links.SetGroup(index, 9), "group 9"),
        On(static (links, index) => links.ReplaceAlias(index, "other"), "alias other"),
        On(static (links, index) => links.SetBridgePort(index, isolated: true, hairpin: true, learning: false), "port flags"),
        Gen.Select(
            s_end,
            Gen.OneOf("b0", "b1", ""),
            static (name, bridge) =>
                new Request(
                    $"{name} master {bridge}",
                    (host, _, _, _) => host.SetMaster(Index(host, name), bridge.Length == 0 ? 0 : Index(host, bridge))
                )
        ),
        Gen.Select(
            s_end,
            s_bridge,
            static (name, target) =>
                new Request(
                    $"rename {name} to {target}",
                    (host, _, _, _) =>
                    {
                        // Renaming and back, so that names keep their meaning.
                        host.Rename(Index(host, name), target);
                        host.Rename(Index(host, target), name);
                    }
                )
        ),
        s_end.Select(static name => new Request(
            $"fdb replace {name}",
            (host, _, _, _) => host.ReplaceForwarding(Index(host, name), MacOf("behind"))
        )),
        s_end.Select(static name => new Request(
            $"fdb delete {name}",
            (host, _, _, _) => host.RemoveForwarding(Index(host, name), MacOf("behind"))
        )),
        OnAddress(
            static (links, index, address, length) =>
                links.AddAddress(index, address, length, noDad: address.AddressFamily == AddressFamily.InterNetworkV6),
            "add"
        ),
        OnAddress(
            static (links, index, address, length) =>
                links.AddAddress(index, address, length, noDad: address.AddressFamily == AddressFamily.InterNetworkV6),
            "add again"
        ),
        OnAddress(static (links, index, address, length) => links.RemoveAddress(index, address, length), "remove"),
        On(static (links, index) => links.ReplaceDefaultRoute(index, IPAddress.Parse("10.1.0.254")), "default via 10.1.0.254"),
        On(static (links, index) => links.ReplaceDefaultRoute(index, IPAddress.Parse("10.2.0.254")), "default via 10.2.0.254"),
        Gen.Bool.Select(static inside => new Request(
            $"delete default {(inside ? "inside" : "of the host")}",
            (host, other, _, _) => (inside ? other : host).DeleteDefaultRoute(AddressFamily.InterNetwork)
        )),
        Gen.Select(
            s_hostLink,
            Gen.OneOf("0", "1"),
            static (name, value) =>
                new Request(
                    $"{name} disable_ipv6={value}",
                    (_, _, _, sysctl) => sysctl.TryWrite($"net/ipv6/conf/{name}/disable_ipv6", value)
                )
        ),
        Gen.Select(
            s_hostLink,
            Gen.OneOf("0", "8"),
            static (name, value) =>
                new Request($"{name} arp_ignore={value}", (_, _, _, sysctl) => sysctl.TryWrite($"net/ipv4/conf/{name}/arp_ignore", value))
        ),
    ]);

    /// <summary>What there is at first, so that most requests have something to change.</summary>
    private static readonly Request[] s_beginning =
    [
        .. s_bridges.Select(static name => new Request(
            $"add bridge {name}",
            (host, _, _, _) => host.CreateBridge(name, MacOf(name), 1500, 5, $"alias of {name}")
        )),
        .. s_ends.Select(
            static (name, i) =>
                new Request(
                    $"add veth {name}",
                    (host, _, inside, _) =>
                        host.CreateVeth(
                            name,
                            MacOf(name),
                            1400,
                            Index(host, s_bridges[i]),
                            $"alias of {name}",
                            inside,
                            s_peers[i],
                            MacOf(s_peers[i]),
                            6
                        )
                )
        ),
        .. s_bridges.Select(static name => new Request($"{name} up", (host, _, _, _) => host.SetUp(Index(host, name)))),
        .. s_peers.Select(static name => new Request($"{name} up", (_, inside, _, _) => inside.SetUp(Index(inside, name)))),
    ];

    [Fact]
    public void The_model_of_the_kernel_is_the_kernel() =>
        s_request
            .Array[4, 30]
            .Sample(
                requests => space.Run(() => Compare(requests)),
                iter: LongTests.Count(120, 400),
                threads: 1,
                print: static requests => string.Join("\n", requests.Select(static request => request.Words))
            );

    public void Dispose() => space.AssertNothingRemains();

    private static void Compare(Request[] requests)
    {
        World world = new();
        ModelProcess process = new(1, world, new Trace(), new FaultTable());
        ModelMachine model = new(process, new SeededRandomness(1), "nftables");
        world.DeleteLink(world.Host, world.Host.Find(World.AdminsBridge)!);
        using INetworkNamespace modelInside = model.Namespaces.Create();
        using NetworkNamespace inside = NetworkNamespace.Create();
        using RtnetlinkConnection host = RtnetlinkConnection.Open(),
            other = inside.OpenRtnetlink();
        try
        {
            foreach (Request request in (Request[])[.. s_beginning, .. requests])
            {
                string expected = Outcome(() => request.Send(host, other, inside.Handle, Sysctl.Kernel));
                string actual = Outcome(() => request.Send(model.OpenRtnetlink(), modelInside.OpenRtnetlink(), modelInside.Handle, model));
                Assert.Equal($"{request}: {expected}", $"{request}: {actual}");
                // The kernel does some of it in workers of its own.
                string[] real = [],
                    modelled = [];
                bool same = SpinWait.SpinUntil(
                    () =>
                    {
                        real =
                        [
                            .. ModelDescription.OfKernel(),
                            .. inside.Run(ModelDescription.OfKernel).Select(static line => $"inside: {line}"),
                        ];
                        modelled =
                        [
                            .. ModelDescription.OfModel(process, world.Host),
                            .. ModelDescription
                                .OfModel(process, world.Namespaces[modelInside.Cookie])
                                .Select(static line => $"inside: {line}"),
                        ];
                        return real.SequenceEqual(modelled);
                    },
                    TimeSpan.FromSeconds(1)
                );
                Assert.True(
                    same,
                    $"after {request}:\n{string.Join('\n', real.Except(modelled).Select(static line => $"kernel {line}").Concat(modelled.Except(real).Select(static line => $"model  {line}")))}"
                );
            }
        }
        finally
        {
            host.DeleteLinks([.. host.GetLinks().Where(static link => link.Kind is not null).Select(static link => link.Index)]);
        }
    }

    private static string Outcome(Action send)
    {
        try
        {
            send();
            return "done";
        }
        catch (NetlinkException refused)
        {
            return $"errno {refused.Errno}";
        }
    }

    private static Gen<Request> On(Action<IRtnetlink, int> change, string words) =>
        Gen.Select(
            Gen.OneOf([.. s_bridges, .. s_ends, .. s_peers]),
            name => new Request(
                $"{name} {words}",
                (host, inside, _, _) =>
                {
                    IRtnetlink links = s_peers.Contains(name) ? inside : host;
                    // What asks for a link that is gone is refused sooner or later; which errno says so depends on where.
                    if (links.FindLink(name) is { } link)
                        change(links, link.Index);
                }
            )
        );

    private static Gen<Request> OnAddress(Action<IRtnetlink, int, IPAddress, int> change, string words) =>
        Gen.Select(
            Gen.OneOf([.. s_bridges, .. s_peers]),
            Gen.OneOf(s_addresses),
            (name, address) =>
                new Request(
                    $"{words} {address.Address}/{address.Length} on {name}",
                    (host, inside, _, _) =>
                    {
                        IRtnetlink links = s_peers.Contains(name) ? inside : host;
                        if (links.FindLink(name) is { } link)
                            change(links, link.Index, address.Address, address.Length);
                    }
                )
        );

    /// <summary>The index of a link; one that no link has where there is none.</summary>
    private static int Index(IRtnetlink links, string name) => links.FindLink(name)?.Index ?? 4_000_000;

    private static MacAddress MacOf(string name) => new([0x02, 0x42, 0, 0, (byte)name[0], (byte)name[^1]]);
}
