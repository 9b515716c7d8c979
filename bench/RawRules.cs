using BridgeNet.Firewall;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Bench;

/// <summary>The smallest change of a backend: what a network adds, put in and taken out again.</summary>
internal interface IRawRules : IDisposable
{
    /// <summary>In words.</summary>
    string Name { get; }

    void Add();

    void Delete();
}

/// <summary>One batch over nfnetlink with one element of a set.</summary>
internal sealed class RawNftables : IRawRules
{
    private const string Table = "bench";
    private static readonly NftSet s_set = new("names", TYPE_IFNAME);
    private readonly NetlinkConnection _netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
    private readonly NftElement _element = new(s_set.Name, [.. "bench0"u8, .. new byte[IFNAMSIZ - 6]], null, "\"bench0\"");

    public RawNftables() => new NftBatch(Table).AddTable().AddSet(s_set, 1).Commit(_netlink, "make the table");

    public string Name => "nfnetlink batch of one element";

    public void Add() => new NftBatch(Table).AddElements([_element]).Commit(_netlink, "add");

    public void Delete() => new NftBatch(Table).DeleteElements([_element]).Commit(_netlink, "delete");

    public void Dispose()
    {
        new NftBatch(Table).DeleteTable().Commit(_netlink, "delete the table");
        _netlink.Dispose();
    }
}

/// <summary>One <c>iptables-restore --noflush</c> with one rule each in filter and nat, where a network has them.</summary>
internal sealed class RawIptables : IRawRules
{
    public RawIptables() => Restore("*filter\n:BENCH - [0:0]\nCOMMIT\n*nat\n:BENCH - [0:0]\nCOMMIT\n");

    public string Name => "iptables-restore, one rule each in two tables";

    public void Add() => Restore(Script("-I"));

    public void Delete() => Restore(Script("-D"));

    public void Dispose() => Restore("*filter\n-X BENCH\nCOMMIT\n*nat\n-X BENCH\nCOMMIT\n");

    private static string Script(string verb) =>
        $"*filter\n{verb} BENCH -i bench0 -o bench0 -j ACCEPT\nCOMMIT\n*nat\n{verb} BENCH -s 10.250.0.0/24 ! -o bench0 -j MASQUERADE\nCOMMIT\n";

    private static void Restore(string script)
    {
        if (IptablesProgram.Run("iptables-restore", script, "--noflush", "--wait") is { Code: not 0 } failed)
            throw new InvalidOperationException(failed.Error);
    }
}
