using System.Net;
using System.Net.Sockets;
using BridgeNet.Netlink;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>One try.</summary>
/// <param name="Way">The kind of it; among those of a kind some have to get through, now or without protection.</param>
/// <param name="What">Who tries what.</param>
/// <param name="From">The sender.</param>
/// <param name="At">Where it would arrive.</param>
/// <param name="Reaches">Whether it should.</param>
/// <param name="Frames">What is sent, with a number in it.</param>
internal sealed record Attack(string Way, string What, string From, string At, bool Reaches, Func<int, byte[][]> Frames);

/// <summary>What root in a container, and another machine on the host's wire, can try.</summary>
internal sealed class Attacks(Battlefield field)
{
    private static readonly AddressFamily[] s_families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];
    private static readonly MacAddress s_broadcast = MacAddress.Parse("ff:ff:ff:ff:ff:ff"),
        s_allNodes = MacAddress.Parse("33:33:00:00:00:01"),
        s_other = MacAddress.Parse("02:00:00:00:00:99");

    public IReadOnlyList<Attack> All() =>
        [.. s_families.SelectMany(family => field.Sides.SelectMany(side => FromInside(side, family).Concat(FromTheWire(side, family))))];

    private static Roles RolesOf(AddressFamily family) => Roles.Both[family == AddressFamily.InterNetwork ? 0 : 1];

    private IEnumerable<Attack> FromInside(Side side, AddressFamily family)
    {
        Roles roles = RolesOf(family);
        string four = roles.Name,
            who = $"{four}, root on {side}";
        bool given = side.Has(family),
            toHost = given && side.Kind != Kind.Isolated,
            out_ = given && side.Kind is not (Kind.Internal or Kind.Isolated);
        IPAddress own = side.Address(family, 3),
            wan = roles.Of("wan"),
            remote = roles.Of("remote");
        // Published ports of both kinds are the same to others.
        Side other = field.Sides.First(one =>
            one.Index != side.Index && one.Kind is (Kind.Normal or Kind.Separated) && one.Families.Length == 2
        );
        Craft Packet(IPAddress source, IPAddress destination) => new(side.AttackerMac, side.BridgeMac, source, destination);
        Attack Try(string way, string what, string at, bool reaches, Func<int, byte[][]> frames) =>
            new($"{four} {way}", $"{who}: {what}", side.Attacker, at, reaches, frames);

        // Out of the host.
        yield return Try("out", "a datagram to another machine", "remote", out_, number => [Packet(own, remote).Datagram(number, 90)]);
        yield return Try(
            "out",
            "from another MAC",
            "remote",
            out_,
            number => [(Packet(own, remote) with { From = s_other }).Datagram(number, 90)]
        );
        yield return Try("out", "a connection", "remote", out_, number => [Packet(own, remote).Segment(number, 90, 0x02)]);
        yield return Try("out", "a ping", "remote", out_, number => [Packet(own, remote).Ping(number)]);
        yield return Try(
            "out behind headers",
            "behind extension headers",
            "remote",
            out_,
            number => [Packet(own, remote).BehindHeaders(number, 90)]
        );
        yield return Try("out in fragments", "in fragments", "remote", out_, number => Packet(own, remote).Fragments(number, 90));
        yield return Try(
            "out with an answer to nothing",
            "an answer that nobody asked for",
            "remote",
            false,
            number => [Packet(own, remote).Segment(number, 90, 0x12)]
        );
        IPAddress[] foreign = [roles.Of("simple"), other.Address(family, 3), side.Address(family, 1), side.Address(family, 200)];
        if (!out_)
        {
            foreach (IPAddress source in foreign)
                yield return Try("out", $"from {source}", "remote", false, number => [Packet(source, remote).Datagram(number, 90)]);
        }
        yield return Try(
            "from loopback",
            "to another machine from the host's loopback address",
            "remote",
            false,
            number => [Packet(Loopback(family), remote).Datagram(number, 90)]
        );

        // To the host.
        foreach (IPAddress address in (IPAddress[])[wan, .. toHost ? [side.Address(family, 1)] : (IPAddress[])[]])
        {
            yield return Try(
                "host",
                $"a service of the host at {address}",
                "host",
                toHost,
                number => [Packet(own, address).Datagram(number, Watch.HostPort)]
            );
            yield return Try(
                "host behind headers",
                $"a service of the host at {address}, behind headers",
                "host",
                toHost,
                number => [Packet(own, address).BehindHeaders(number, Watch.HostPort)]
            );
            yield return Try(
                "host in fragments",
                $"a service of the host at {address}, in fragments",
                "host",
                toHost,
                number => Packet(own, address).Fragments(number, Watch.HostPort)
            );
        }
        if (!toHost)
        {
            foreach (IPAddress source in foreign)
                yield return Try(
                    "host",
                    $"a service of the host, from {source}",
                    "host",
                    false,
                    number => [Packet(source, wan).Datagram(number, Watch.HostPort)]
                );
        }
        (MacAddress all, IPAddress everybody) =
            family == AddressFamily.InterNetwork ? (s_broadcast, IPAddress.Broadcast) : (s_allNodes, IPAddress.Parse("ff02::1"));
        yield return Try(
            "host by broadcast",
            "everybody",
            "host",
            toHost,
            number => [(Packet(own, everybody) with { To = all }).Datagram(number, Watch.HostPort)]
        );
        // Whoever is named would be answered.
        foreach (IPAddress source in side.Kind == Kind.Internal ? [roles.Of("simple"), other.Address(family, 3)] : (IPAddress[])[])
        {
            yield return Try(
                "host",
                $"a service of the host, from {source}",
                "host",
                false,
                number => [Packet(source, wan).Datagram(number, Watch.HostPort)]
            );
            yield return Try(
                "host by broadcast",
                $"everybody, from {source}",
                "host",
                false,
                number => [(Packet(source, everybody) with { To = all }).Datagram(number, Watch.HostPort)]
            );
        }
        // As who has no address yet and asks for one; the kernel finds nothing amiss with that source.
        yield return Try(
            "host by broadcast from nowhere",
            "everybody, from no address",
            "host",
            toHost,
            number => [(Packet(Nowhere(family), everybody) with { To = all }).Datagram(number, Watch.HostPort)]
        );
        if (family == AddressFamily.InterNetworkV6)
        {
            yield return Try(
                "host from link-local",
                "from fe80::9",
                "host",
                toHost,
                number => [Packet(IPAddress.Parse("fe80::9"), wan).Datagram(number, Watch.HostPort)]
            );
            yield return Try(
                "out from link-local",
                "from fe80::9",
                "remote",
                false,
                number => [Packet(IPAddress.Parse("fe80::9"), remote).Datagram(number, 90)]
            );
        }
        yield return Try(
            "host's loopback",
            "a service at the host's loopback address",
            "host",
            false,
            number => [Packet(own, Loopback(family)).Datagram(number, Watch.HostPort)]
        );
        yield return Try(
            "from loopback",
            "a service of the host from its loopback address",
            "host",
            false,
            number => [Packet(Loopback(family), wan).Datagram(number, Watch.HostPort)]
        );

        // To other networks, and within.
        foreach (int port in (int[])[Side.AtAll, Side.AtLoopback, Side.AtOne, Side.Closed])
            yield return Try(
                "another network",
                $"port {port} of another network's container",
                other.Victim,
                false,
                number => [Packet(own, other.Address(family, 2)).Datagram(number, port)]
            );
        yield return Try(
            "another network",
            "a ping of another network's container",
            other.Victim,
            false,
            number => [Packet(own, other.Address(family, 2)).Ping(number)]
        );
        yield return Try(
            "another network behind headers",
            "another network's container, behind headers",
            other.Victim,
            false,
            number => [Packet(own, other.Address(family, 2)).BehindHeaders(number, Side.Closed)]
        );
        yield return Try(
            "another network in fragments",
            "another network's container, in fragments",
            other.Victim,
            false,
            number => Packet(own, other.Address(family, 2)).Fragments(number, Side.Closed)
        );
        foreach (Side isolated in field.Sides.Where(one => one.Kind == Kind.Internal && one.Index != side.Index && one.Has(family)))
            yield return Try(
                "an internal network",
                $"a container of {isolated}",
                isolated.Victim,
                false,
                number => [Packet(own, isolated.Address(family, 2)).Datagram(number, Side.AtAll)]
            );
        foreach (IPAddress host in (IPAddress[])[wan, other.Address(family, 1)])
        {
            yield return Try(
                "published",
                $"another network's published port at {host}",
                other.Victim,
                out_,
                number => [Packet(own, host).Datagram(number, other.HostPort(Side.AtAll))]
            );
            yield return Try(
                "published",
                $"another network's published port at {host}",
                other.Victim,
                out_,
                number => [Packet(own, host).Segment(number, other.HostPort(Side.AtAll), 0x02)]
            );
        }
        yield return Try(
            "published",
            "a port that is published at this address",
            other.Victim,
            out_,
            number => [Packet(own, wan).Datagram(number, other.HostPort(Side.AtOne))]
        );
        yield return Try(
            "published",
            "a port that is published at another address",
            other.Victim,
            false,
            number => [Packet(own, other.Address(family, 1)).Datagram(number, other.HostPort(Side.AtOne))]
        );
        yield return Try(
            "published",
            "a port that is published on loopback",
            other.Victim,
            false,
            number => [Packet(own, wan).Datagram(number, other.HostPort(Side.AtLoopback))]
        );
        if (family == AddressFamily.InterNetwork)
        {
            foreach (int port in (int[])[Side.AtAll, Side.AtLoopback])
                yield return Try(
                    "published",
                    $"port {port}, by 127.0.0.1",
                    other.Victim,
                    false,
                    number => [Packet(own, IPAddress.Loopback).Datagram(number, other.HostPort(port))]
                );
        }
        if (given)
        {
            bool within = side.Kind != Kind.Separated;
            Craft neighbour = new(side.AttackerMac, side.VictimMac, own, side.Address(family, 2));
            yield return Try("neighbour", "its neighbour", side.Victim, within, number => [neighbour.Datagram(number, Side.Closed)]);
            yield return Try(
                "neighbour",
                "its neighbour, from another MAC and address",
                side.Victim,
                within,
                number => [(neighbour with { From = s_other, Source = side.Address(family, 77) }).Datagram(number, Side.Closed)]
            );
            yield return Try(
                "neighbour",
                "everybody",
                side.Victim,
                within,
                number => [(neighbour with { To = all, Destination = everybody }).Datagram(number, Side.Closed)]
            );
            if (!within)
                yield return Try(
                    "neighbour",
                    "its neighbour, by way of the host",
                    side.Victim,
                    false,
                    number => [Packet(own, side.Address(family, 2)).Datagram(number, Side.Closed)]
                );
        }
    }

    private IEnumerable<Attack> FromTheWire(Side side, AddressFamily family)
    {
        if (!side.Has(family))
            yield break;
        Roles roles = RolesOf(family);
        IPAddress own = roles.Of("remote"),
            wan = roles.Of("wan"),
            victim = side.Address(family, 2);
        bool published = side.Kind is Kind.Normal or Kind.Separated,
            routed = side.Kind == Kind.Routed;
        Craft Packet(IPAddress source, IPAddress destination) => new(field.RemoteMac, field.WanMac, source, destination);
        Attack Try(string way, string what, bool reaches, Func<int, byte[][]> frames) =>
            new($"{roles.Name} wire, {way}", $"{roles.Name}, the wire to {side}: {what}", "remote", side.Victim, reaches, frames);

        foreach (int port in (int[])[Side.AtAll, Side.AtLoopback, Side.AtOne, Side.Closed])
        {
            bool open = routed && port == Side.AtAll;
            yield return Try("direct", $"port {port} of the container", open, number => [Packet(own, victim).Datagram(number, port)]);
            yield return Try("direct", $"port {port} of the container", open, number => [Packet(own, victim).Segment(number, port, 0x02)]);
        }
        yield return Try("direct", "a ping", routed, number => [Packet(own, victim).Ping(number)]);
        yield return Try(
            "direct behind headers",
            "a closed port, behind headers",
            false,
            number => [Packet(own, victim).BehindHeaders(number, Side.Closed)]
        );
        yield return Try(
            "direct in fragments",
            "a closed port, in fragments",
            false,
            number => Packet(own, victim).Fragments(number, Side.Closed)
        );
        yield return Try(
            "direct with an answer to nothing",
            "an answer that nobody asked for",
            false,
            number => [Packet(own, victim).Segment(number, Side.Closed, 0x12)]
        );
        foreach (IPAddress source in (IPAddress[])[side.Address(family, 3), roles.Of("simple"), field.Sides[2].Address(family, 2)])
            yield return Try("direct", $"from {source}", false, number => [Packet(source, victim).Datagram(number, Side.Closed)]);

        foreach (IPAddress host in (IPAddress[])[wan, .. side.Kind == Kind.Isolated ? (IPAddress[])[] : [side.Address(family, 1)]])
        {
            yield return Try(
                "published",
                $"port {Side.AtAll} at {host}",
                published,
                number => [Packet(own, host).Datagram(number, side.HostPort(Side.AtAll))]
            );
            yield return Try(
                "published",
                $"port {Side.AtAll} at {host}",
                published,
                number => [Packet(own, host).Segment(number, side.HostPort(Side.AtAll), 0x02)]
            );
            yield return Try(
                "published",
                $"port {Side.AtOne} at {host}",
                published && host.Equals(wan),
                number => [Packet(own, host).Datagram(number, side.HostPort(Side.AtOne))]
            );
            yield return Try(
                "published",
                $"the loopback's port at {host}",
                false,
                number => [Packet(own, host).Datagram(number, side.HostPort(Side.AtLoopback))]
            );
        }
        foreach (string loopback in family == AddressFamily.InterNetwork ? (string[])["127.0.0.1", "127.0.0.5"] : ["::1"])
        {
            foreach (int port in (int[])[Side.AtAll, Side.AtLoopback, Side.AtOne])
            {
                yield return Try(
                    "published",
                    $"port {port} at {loopback}",
                    false,
                    number => [Packet(own, IPAddress.Parse(loopback)).Datagram(number, side.HostPort(port))]
                );
                yield return Try(
                    "published",
                    $"port {port} at {loopback}",
                    false,
                    number => [Packet(own, IPAddress.Parse(loopback)).Segment(number, side.HostPort(port), 0x02)]
                );
            }
        }
    }

    private static IPAddress Nowhere(AddressFamily family) => family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;

    private static IPAddress Loopback(AddressFamily family) =>
        family == AddressFamily.InterNetwork ? IPAddress.Parse("127.0.0.5") : IPAddress.IPv6Loopback;
}
