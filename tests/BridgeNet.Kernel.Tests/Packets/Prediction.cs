using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>
/// What <see cref="RuleEvaluator"/> says of a cell of the matrix, before the kernel is asked: so whatever is measured in packets is a test
/// of the evaluator too.
/// Routes and addresses are the lab's own; what a bridge does without rules (isolated ports) is known of its network.
/// </summary>
internal sealed class Prediction : IPacketHost
{
    /// <summary>Who listens where.</summary>
    private static readonly Dictionary<string, int[]> s_served = new()
    {
        ["server"] = [80, 81],
        ["remote"] = [90],
        ["simple"] = [90],
        ["host"] = [91],
    };

    private readonly Lab _lab;
    private readonly Roles _roles;
    private readonly RuleEvaluator _rules;
    private readonly NetworkRow _net;
    private readonly bool _seesBridged;
    private readonly Ways _host;

    public Prediction(Lab lab, Roles roles)
    {
        _lab = lab;
        _roles = roles;
        DesiredState desired = new(NetworkDrivers.Default);
        NetworkRow[] networks = [.. lab.Engine.GetNetworks().Where(static network => network.BridgeName is not null)];
        _net = networks.Single(static network => network.Name == "net");
        _rules = new(
            [
                .. networks.Select(network =>
                    desired.Rules(
                        network,
                        DesiredPorts.Of(network.Containers.Select(on => lab.Engine.FindEndpoint(on.EndpointId)!)),
                        network.Containers
                    )!
                ),
            ],
            this
        );
        _seesBridged =
            Sysctl.Read(roles == Roles.IPv4 ? "net/bridge/bridge-nf-call-iptables" : "net/bridge/bridge-nf-call-ip6tables") == "1";
        _host = new(lab["host"], roles);
    }

    /// <inheritdoc/>
    public string? LinkTo(IPAddress address) => _host.LinkTo(address);

    /// <inheritdoc/>
    public IPAddress? AddressOn(string link, AddressFamily family) => _host.AddressOn(link);

    /// <summary>
    /// The role whose address is seen, <see cref="Attempt.Answered"/> for a ping, <see cref="Attempt.Nothing"/> for no answer.
    /// </summary>
    public string Of(string from, string to, string protocol, int port)
    {
        IPAddress destination = _roles.Of(to);
        // Linux routes nothing from ::1 to another interface.
        if (to == "loopback" && _roles == Roles.IPv6)
            return Attempt.Nothing;
        Ways ways = new(_lab[from], _roles);
        if (from != "host" && ways.LinkTo(destination) is null)
            return Attempt.Nothing;
        byte number = protocol switch
        {
            "tcp" => 6,
            "udp" => 17,
            _ => _roles == Roles.IPv4 ? (byte)1 : (byte)58,
        };
        // Of what the host sends, the first lookup of the route chooses the source.
        IPAddress source =
            from != "host" ? _roles.Of(from)
            : _host.LinkTo(destination) is { } link ? _host.AddressOn(link) ?? IPAddress.None
            : destination;
        if (from == "host" && _host.LinkTo(destination) == Ways.Nowhere)
            return Attempt.Nothing;
        string? incoming = from == "host" ? null : LinkOf(from);
        bool stays = incoming is not null && ways.IsDirect(destination) && incoming == LinkOf(RoleOf(destination));
        if (stays && !_net.InterContainer)
            return Attempt.Nothing;
        if (stays && !_seesBridged)
            return Answer(RoleOf(destination), protocol, port, source);
        PacketFate there = _rules.Evaluate(new(incoming, source, destination, number, port) { IsBridged = stays });
        if (!there.Accepted)
            return Attempt.Nothing;
        string target = there.Packet.Out is null ? "host" : RoleOf(there.Packet.Destination);
        IPAddress seen = there.Packet.Source;
        // Who answers must know the way, and the answer passes by the rules again.
        if (target != "host" && new Ways(_lab[target], _roles).LinkTo(seen) is null)
            return Attempt.Nothing;
        if (there.Packet.Out is { } outgoing)
        {
            FirewallPacket answer = new(outgoing, there.Packet.Destination, seen, number, 0)
            {
                State = FlowStates.Established,
                Origin = there.Packet.Origin,
                IsTranslated = there.Packet.IsTranslated,
                AnswersTo = source,
                IsBridged = stays,
            };
            if (!_rules.Evaluate(answer).Accepted)
                return Attempt.Nothing;
        }
        return Answer(target, protocol, there.Packet.Port, seen);
    }

    private static string Answer(string target, string protocol, int port, IPAddress seen)
    {
        if (protocol == "ping")
            return Attempt.Answered;
        return s_served.GetValueOrDefault(target, []).Contains(port) ? $"{seen}" : Attempt.Nothing;
    }

    private string RoleOf(IPAddress address) =>
        s_served
            .Keys.Concat(["neighbour", "stranger"])
            .Where(static role => role != "host")
            .FirstOrDefault(role => _roles.Of(role).Equals(address))
        ?? "host";

    private string LinkOf(string role) =>
        role switch
        {
            "server" or "neighbour" => _net.BridgeName!,
            "stranger" => _lab.Engine.FindNetwork("other").BridgeName!,
            "remote" => "wan",
            "simple" => "lan",
            _ => "",
        };

    /// <summary>The routes and addresses of a namespace.</summary>
    private sealed class Ways
    {
        /// <summary>A link that no route leads to.</summary>
        public const string Nowhere = "nowhere";

        private readonly bool _isHost;
        private readonly (IPNetwork Range, string Link, bool IsDirect)[] _routes;
        private readonly (IPAddress Address, string Link)[] _addresses;

        public Ways(NetworkNamespace space, Roles roles)
        {
            AddressFamily family = roles.Of("wan").AddressFamily;
            using RtnetlinkConnection links = space.OpenRtnetlink();
            Dictionary<int, string> names = links.GetLinks().ToDictionary(static link => link.Index, static link => link.Name);
            _addresses =
            [
                .. links
                    .GetAddresses(family)
                    .Where(static address => !address.Address.IsIPv6LinkLocal)
                    .Select(address => (address.Address, names[address.LinkIndex])),
            ];
            _routes =
            [
                .. links
                    .GetRoutes(family)
                    .Where(route => route.Table == RtnlConstants.RT_TABLE_MAIN && names.ContainsKey(route.LinkIndex))
                    .OrderByDescending(static route => route.Destination.PrefixLength)
                    .Select(route => (route.Destination, names[route.LinkIndex], route.Gateway is null)),
            ];
            _isHost = _addresses.Any(address => address.Address.Equals(roles.Of("wan")));
        }

        /// <summary>The link to an address; for the host, null is itself; for others, null is nowhere.</summary>
        public string? LinkTo(IPAddress address)
        {
            if (IPAddress.IsLoopback(address) || _addresses.Any(own => own.Address.Equals(address)))
                return _isHost ? null : "lo";
            return _routes.FirstOrDefault(route => route.Range.Contains(address)).Link ?? (_isHost ? Nowhere : null);
        }

        public bool IsDirect(IPAddress address) => _routes.FirstOrDefault(route => route.Range.Contains(address)).IsDirect;

        public IPAddress? AddressOn(string link) => _addresses.FirstOrDefault(own => own.Link == link).Address;
    }
}
