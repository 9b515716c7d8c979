using System.Text.RegularExpressions;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// Another tool that comes between a plan and an act: it deletes the links, namespaces and files that a step names, and puts its
/// own there under the same names; and it takes away all rules, and puts its own. Nothing may happen to these.
/// </summary>
internal sealed partial class Intruder(string state, string backend) : IDisposable
{
    private const int Mtu = 1300;
    private const string Rule = "-s 192.0.2.9/32 -j DROP",
        Text = "10.0.0.1 of another tool\n";
    private static readonly NftSet s_set = new("theirs", NftConstants.TYPE_IPADDR);

    private readonly RtnetlinkConnection _links = RtnetlinkConnection.Open();
    private readonly Dictionary<string, Link> _placed = [];
    private readonly Dictionary<string, ulong> _spaces = [];
    private readonly Dictionary<string, string> _settings = [];
    private readonly HashSet<string> _files = [];
    private bool _rules;

    /// <summary>How many objects it has put in the way.</summary>
    public int Count => _placed.Count + _spaces.Count + _files.Count + (_rules ? 1 : 0);

    [GeneratedRegex(@"\b(br-[0-9a-f]{12}|veth[0-9a-f]{7}|docker0|foreign0)\b")]
    private static partial Regex LinkName();

    [GeneratedRegex(@"(?:unshare --net=|umount |touch )\S*/netns/([^\s;]+)")]
    private static partial Regex NamespaceName();

    [GeneratedRegex(@"update (/\S+)")]
    private static partial Regex FileName();

    /// <summary>Takes the place of everything that a step names.</summary>
    public void TakePlaces(string words)
    {
        foreach (string name in LinkName().Matches(words).Select(match => match.Value).Distinct())
            TakeLink(name);
        foreach (string name in NamespaceName().Matches(words).Select(match => match.Groups[1].Value).Distinct())
            TakeNamespace(Path.Combine(state, "netns", name));
        foreach (string path in FileName().Matches(words).Select(match => match.Groups[1].Value).Distinct())
            TakeFile(path);
    }

    /// <summary>Takes away all rules of ours, and puts its own beside where they were.</summary>
    public void TakeRules()
    {
        // A step comes again where a change of several items is tried item by item.
        if (_rules)
            return;
        _rules = true;
        using (OwnTable senders = new(AntiSpoofPlan.Shape))
            senders.Remove();
        if (backend == FirewallSelection.Nftables)
        {
            using (OwnTable rules = new(NftablesPlan.Shape))
                rules.Remove();
            using NetlinkConnection netfilter = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
            new NftBatch("theirs")
                .AddTable()
                .AddSet(s_set, 1)
                .AddElements([new NftElement(s_set.Name, [192, 0, 2, 9], null, "192.0.2.9")])
                .AddBaseChain("forward", "filter", NftConstants.NF_INET_FORWARD, 0)
                .AddRule("forward", NftExpressions.Verdict(NftConstants.NF_ACCEPT))
                .Commit(netfilter, "nft -f theirs");
            return;
        }
        Firewalls.Flush(backend);
        foreach (string program in (string[])["iptables", "ip6tables"])
            IptablesProgram.Run(
                $"{program}-restore",
                $"*filter\n:THEIRS - [0:0]\n-A FORWARD {RuleOf(program)}\n-A THEIRS {RuleOf(program)}\nCOMMIT\n",
                "--noflush"
            );
    }

    private static string RuleOf(string program) =>
        program == "iptables" ? Rule : Rule.Replace("192.0.2.9/32", "2001:db8::9/128", StringComparison.Ordinal);

    private IEnumerable<string> Rules()
    {
        if (backend == FirewallSelection.Nftables)
        {
            using NetlinkConnection netfilter = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
            return
            [
                $"{NftTable.Rules(netfilter, NftConstants.NFPROTO_INET, "theirs", "forward").Count} rules, {NftTable.Elements(netfilter, NftConstants.NFPROTO_INET, "theirs", s_set.Name)?.Count} elements",
            ];
        }
        return ((string[])["iptables", "ip6tables"]).SelectMany(static program =>
            IptablesProgram
                .Run($"{program}-save", "")
                .Output.Split('\n')
                .Where(line => line.EndsWith(RuleOf(program), StringComparison.Ordinal))
        );
    }

    /// <summary>Fails when anything of its own was touched.</summary>
    public void AssertUntouched()
    {
        foreach ((string name, Link placed) in _placed)
        {
            Assert.Equal(placed, _links.FindLink(name));
            // Nor is one of ours put into it.
            Assert.DoesNotContain(_links.GetLinks(), link => link.Master == placed.Index);
            Assert.DoesNotContain(
                _links.GetAddresses(System.Net.Sockets.AddressFamily.InterNetwork),
                address => address.LinkIndex == placed.Index
            );
        }
        foreach ((string key, string value) in _settings)
            Assert.Equal($"{key} {value}", $"{key} {Sysctl.Read(key)}");
        Assert.Equal(_files.Count, Files().Count());
        if (_rules)
            Assert.Equal(
                backend == FirewallSelection.Nftables
                    ? ["1 rules, 1 elements"]
                    : [$"-A FORWARD {Rule}", $"-A THEIRS {Rule}", $"-A FORWARD {RuleOf("ip6tables")}", $"-A THEIRS {RuleOf("ip6tables")}"],
                Rules()
            );
        foreach ((string path, ulong cookie) in _spaces)
        {
            using NetworkNamespace space = NetworkNamespace.Open(path);
            Assert.Equal(cookie, space.Cookie);
            using RtnetlinkConnection inside = space.OpenRtnetlink();
            Assert.Equal(["lo"], inside.GetLinks().Select(link => link.Name));
        }
    }

    /// <summary>Goes, with all that it put.</summary>
    public void Leave()
    {
        foreach (string name in _placed.Keys)
            Delete(name);
        foreach (string path in _spaces.Keys)
            NetworkNamespace.Delete(path);
        foreach (string path in Files().ToArray())
        {
            File.Delete(path);
            if (!Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!).Any())
                Directory.Delete(Path.GetDirectoryName(path)!);
        }
        if (_rules)
            DropRules();
        _rules = false;
        _files.Clear();
        _placed.Clear();
        _spaces.Clear();
        _settings.Clear();
    }

    public void Dispose()
    {
        Leave();
        _links.Dispose();
    }

    private void TakeLink(string name)
    {
        if (_placed.ContainsKey(name))
            return;
        Delete(name);
        // Of the very kind that ours is of. What makes it another's is that it was not created by us.
        int index = name.StartsWith("veth", StringComparison.Ordinal)
            ? CreateVeth(name)
            : _links.CreateBridge(name, MacAddress.Random(), Mtu, 0, "of another tool");
        _placed[name] = _links.FindLink(index)!;
        foreach (
            string key in (string[])
                [
                    $"net/ipv6/conf/{name}/accept_ra",
                    $"net/ipv6/conf/{name}/accept_dad",
                    $"net/ipv6/conf/{name}/disable_ipv6",
                    $"net/ipv4/conf/{name}/route_localnet",
                ]
        )
        {
            if (Sysctl.Read(key) is { } value)
                _settings[key] = value;
        }
    }

    private int CreateVeth(string name)
    {
        using NetworkNamespace own = NetworkNamespace.Current();
        int index = _links.CreateVeth(name, MacAddress.Random(), Mtu, 0, "of another tool", own.Handle, $"x{name}", MacAddress.Random());
        _placed[$"x{name}"] = _links.FindLink($"x{name}")!;
        return index;
    }

    private void TakeNamespace(string path)
    {
        if (_spaces.ContainsKey(path))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        NetworkNamespace.Delete(path);
        using NetworkNamespace space = NetworkNamespace.Create(path);
        _spaces[path] = space.Cookie;
    }

    private void DropRules()
    {
        if (backend == FirewallSelection.Nftables)
        {
            using NetlinkConnection netfilter = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
            new NftBatch("theirs").DeleteTable().Commit(netfilter, "nft delete table inet theirs");
            return;
        }
        foreach (string program in (string[])["iptables", "ip6tables"])
            IptablesProgram.Run(
                $"{program}-restore",
                $"*filter\n-D FORWARD {RuleOf(program)}\n-F THEIRS\n-X THEIRS\nCOMMIT\n",
                "--noflush"
            );
    }

    // In whatever directory: that of a container is renamed with it, and what is in it goes along.
    private IEnumerable<string> Files() =>
        Directory.Exists(Path.Combine(state, "etc"))
            ? Directory
                .EnumerateFiles(Path.Combine(state, "etc"), "*", SearchOption.AllDirectories)
                .Where(static path => File.ReadAllText(path) == Text)
            : [];

    // A file of its own where ours was, and none where there is no directory for it.
    private void TakeFile(string path)
    {
        if (
            !Directory.Exists(Path.GetDirectoryName(path))
            || !path.StartsWith(state + "/", StringComparison.Ordinal)
            || Files().Contains(path)
        )
            return;
        File.Delete(path);
        File.WriteAllText(path, Text);
        _files.Add(path);
    }

    private void Delete(string name)
    {
        if (_links.FindLink(name) is { } link)
            _links.DeleteLinks([link.Index]);
    }
}
