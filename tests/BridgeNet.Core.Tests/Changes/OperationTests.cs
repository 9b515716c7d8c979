using System.Net;
using System.Reflection;
using System.Text.Json.Serialization;
using BridgeNet.Changes;
using BridgeNet.Conntrack;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Netlink;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Core.Tests.Changes;

/// <summary>Operations are data: what a process wrote down another one does or undoes.</summary>
public sealed class OperationTests
{
    private static readonly ContainerRow s_container = new()
    {
        Name = "c",
        Id = new string('c', 64),
        Created = default,
        NetNSPath = "/run/netns/c",
        NetNS = new NamespaceIdentity("boot", 7),
        NetNSInode = 8,
    };
    private static readonly LinkMark s_bridge = new("br0", "bridge", MacAddress.Parse("02:00:00:00:00:01"), "bridgenet network n")
    {
        Owner = "n",
    };
    private static readonly LinkMark s_port = new("veth1", "veth", MacAddress.Parse("02:00:00:00:00:02"), "bridgenet endpoint c")
    {
        Owner = "c",
    };
    private static readonly Place s_inside = Place.Of(s_container);

    [Theory]
    [InlineData(typeof(Operation))]
    [InlineData(typeof(KernelObject))]
    [InlineData(typeof(LinkObject))]
    public void Every_kind_can_be_written_down(Type root) =>
        Assert.Equal(
            root.Assembly.GetTypes().Where(type => type.IsSubclassOf(root) && !type.IsAbstract).Order(ByName),
            root.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false)
                .Select(static attribute => attribute.DerivedType)
                .Order(ByName)
        );

    [Fact]
    public void A_written_operation_reads_back_equal()
    {
        FirewallNetwork rules = new("br0")
        {
            Subnets = [new FirewallSubnet(IPNetwork.Parse("10.1.0.0/16"), GatewayMode.Nat, true, null)],
            AntiSpoof = true,
            Ports = [new(IPAddress.Parse("10.1.0.2"), 80, "tcp", IPAddress.Any, 8080)],
            Senders = [new("veth1", s_port.Mac!.Value, [IPAddress.Parse("10.1.0.2"), IPAddress.Parse("fe80::1")])],
        };
        VethLink pair = new(s_port, s_bridge, 1500, 7, s_inside, new LinkMark("eth0", "veth", s_port.Mac, null));
        LinkAddress address = new(s_inside, pair.Inside, IPAddress.Parse("fd00::2"), 64) { With = pair.Key };
        JournalEntry entry = new(
            "change",
            new NamespaceIdentity("boot", 1),
            [
                new ObjectOperation(null, new KeptNamespace(s_inside)),
                new ObjectOperation(new BridgeLink(s_bridge, 1500, 1), new BridgeLink(s_bridge, 1400, 1)),
                new ObjectOperation(null, new AdoptedBridgeLink(s_bridge, 1, 1400, 1500)),
                new ObjectOperation(null, new HostSetting(new Setting("net/ipv4/ip_forward", "1", "0"))),
                new ObjectOperation(
                    null,
                    new LinkSettings(s_inside, pair.Inside, "settings", [new("net/ipv6/conf/eth0/accept_ra", "0") { Asked = true }])
                ),
                new ObjectOperation(address, address with { PrefixLength = 80 }),
                new ObjectOperation(null, new LinkUp(Place.Host, s_bridge)),
                new ObjectOperation(null, new BridgePortFlags(s_port, new PortFlags(true, false, true))),
                new ObjectOperation(null, new SenderCheck(s_port, s_port.Mac!.Value)),
                new ObjectOperation(
                    null,
                    new DefaultRoute(s_inside, IPAddress.Parse("10.1.0.1"), pair.Inside, "veth1") { Others = [IPAddress.Parse("10.2.0.1")] }
                ),
                new RemoveLinks([pair]),
                new RemoveWithRules(new RemoveLinks([new BridgeLink(s_bridge, 1500, 1)]), new ChangeRules([rules], [])),
                new ChangeRules([rules], [rules with { Internal = true }]),
                new MoveRules("iptables", "nftables"),
                new UpdateNames(new NameChange { Removed = [s_container] }, ["x"]),
                new ForgetFlows([
                    [FlowFilter.Of(IPAddress.Parse("10.1.0.2")).First(), new() { Subnet = IPNetwork.Parse("10.1.0.0/16") }],
                ]),
            ]
        )
        {
            Removes = new RemovedRows(["e"], ["c"], ["n"]),
        };
        string written = StateJson.Write(entry);
        JournalEntry read = StateJson.Read<JournalEntry>(written);
        Assert.Equal(written, StateJson.Write(read));
        Assert.Equal(Words(entry), Words(read));
        Assert.Equal(rules, ((ChangeRules)read.Operations![12]).Before[0]);
        Assert.Equal(pair, Assert.Single(((RemoveLinks)read.Operations[10]).Links));
        Assert.Equal(["c"], read.Removes!.Containers);
    }

    [Fact]
    public void An_operation_of_an_earlier_version_is_read()
    {
        const string Mark = """{"Name":"br0","Kind":"bridge","Mac":"02:00:00:00:00:01","Alias":null,"Owner":"n","Borrowed":true}""";
        Operation read = StateJson.Read<Operation>(
            $$$"""{"$type":"object","Before":null,"After":{"$type":"borrowed","Mark":{{{Mark}}},"Group":1,"Mtu":1400,"OwnMtu":1500}}"""
        );
        LinkMark adopted = new("br0", "bridge", s_bridge.Mac, null) { Owner = "n", Adopted = true };
        Assert.Equal(new ObjectOperation(null, new AdoptedBridgeLink(adopted, 1, 1400, 1500)), read);
        Assert.True(((AdoptedBridgeLink)((ObjectOperation)read).After!).Mark.Adopted);
        Assert.IsType<OrphanedVethEnd>(
            StateJson.Read<KernelObject>($$$"""{"$type":"stray-end","Place":{"Container":null},"Mark":{{{Mark}}}}""")
        );
        Assert.IsType<RecreatedNamespace>(StateJson.Read<KernelObject>("""{"$type":"returned-namespace","Place":{"Container":null}}"""));
    }

    private static Comparer<Type> ByName { get; } =
        Comparer<Type>.Create(static (one, other) => string.CompareOrdinal(one.FullName, other.FullName));

    // The commands of rules and names are not stored: an undo composes them again.
    private static string[] Words(JournalEntry entry) => [.. entry.Operations!.SelectMany(static operation => operation.Words())];
}
