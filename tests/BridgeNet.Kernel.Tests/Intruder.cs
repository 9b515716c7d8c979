using System.Text.RegularExpressions;
using BridgeNet.Engine;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// Another tool that comes between a plan and an act: it deletes the links and namespaces that a step names, and puts its
/// own there under the same names. Nothing may happen to these.
/// </summary>
internal sealed partial class Intruder(string state) : IDisposable
{
    private const int Mtu = 1300;

    private readonly RtnetlinkConnection _links = RtnetlinkConnection.Open();
    private readonly Dictionary<string, Link> _placed = [];
    private readonly Dictionary<string, ulong> _spaces = [];
    private readonly Dictionary<string, string> _settings = [];

    /// <summary>How many objects it has put in the way.</summary>
    public int Count => _placed.Count + _spaces.Count;

    [GeneratedRegex(@"\b(br-[0-9a-f]{12}|veth[0-9a-f]{7}|docker0|foreign0)\b")]
    private static partial Regex LinkName();

    [GeneratedRegex(@"ip netns (?:add|delete) (\S+)|(?:mount --bind \S+|mount --move|mount --move \S+) \S*/netns/(\S+)")]
    private static partial Regex NamespaceName();

    /// <summary>Takes the place of everything that a step names.</summary>
    public void TakePlaces(string words)
    {
        foreach (string name in LinkName().Matches(words).Select(match => match.Value).Distinct())
            TakeLink(name);
        foreach (string name in NamespaceName().Matches(words).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value).Distinct())
            TakeNamespace(Path.Combine(state, "netns", name));
    }

    /// <summary>Fails when anything of its own was touched.</summary>
    public void AssertUntouched()
    {
        foreach ((string name, Link placed) in _placed)
        {
            Assert.Equal(placed, _links.FindLink(name));
            // Nor is one of ours put into it.
            Assert.DoesNotContain(_links.GetLinks(), link => link.Master == placed.Index);
            Assert.DoesNotContain(_links.GetAddresses(System.Net.Sockets.AddressFamily.InterNetwork), address => address.LinkIndex == placed.Index);
        }
        foreach ((string key, string value) in _settings)
            Assert.Equal($"{key} {value}", $"{key} {Sysctl.Read(key)}");
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
        foreach (string key in (string[])[$"net/ipv6/conf/{name}/accept_ra", $"net/ipv6/conf/{name}/accept_dad", $"net/ipv6/conf/{name}/disable_ipv6", $"net/ipv4/conf/{name}/route_localnet"])
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

    private void Delete(string name)
    {
        if (_links.FindLink(name) is { } link)
            _links.DeleteLinks([link.Index]);
    }
}
