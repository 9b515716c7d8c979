using BridgeNet.Netlink;
using static BridgeNet.Conntrack.ConntrackConstants;
using static BridgeNet.Netlink.NetlinkConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Conntrack;

/// <summary>
/// The tracked connections of the network namespace that it was opened in. A flow keeps the translation of its first
/// packet: while a client goes on sending, it reaches the endpoint that a published port once led to, whatever the rules say now.
/// </summary>
public sealed class ConntrackConnection(NetlinkConnection netlink) : IDisposable
{
    /// <summary>
    /// A walk of the table with a filter passes over empty buckets, a list locks each of them: 0.2 ms against 10 for a
    /// quarter of a million, which machines with 4 GB and more have. One list serves any number of filters.
    /// </summary>
    private const int MaxWalks = 32;

    /// <summary>Opens it in the namespace of the calling thread; it can be used from any.</summary>
    public static ConntrackConnection Open() => new(NetlinkConnection.Open(NETLINK_NETFILTER));

    /// <summary>Forgets flows, so that their next packet is seen as the first of a new one. Change the rules before, for it is sent at any moment.</summary>
    public void DeleteFlows(IReadOnlyList<FlowFilter> filters)
    {
        if (filters.Count == 0 || (filters.Count <= MaxWalks && filters.All(static filter => filter.IsForKernel) && filters.All(TryDelete)))
            return;
        // The table is one for all namespaces.
        if (CountFlows() == 0)
            return;
        foreach (
            ConntrackEntry entry in netlink.Dump(
                "conntrack -L",
                ConntrackMessages.MessageType(IPCTNL_MSG_CT_GET),
                ConntrackMessages.List,
                (_, payload) =>
                    ConntrackMessages.Read(payload) is { } entry && filters.Any(filter => filter.Matches(entry.Flow)) ? entry : null
            )
        )
        {
            Delete(entry);
        }
    }

    /// <summary><c>conntrack -C</c>: how many flows the namespace has.</summary>
    public uint CountFlows()
    {
        uint count = 0;
        netlink.Get(
            "conntrack -C",
            ConntrackMessages.MessageType(IPCTNL_MSG_CT_GET_STATS),
            ConntrackMessages.List,
            (_, payload) => count = ConntrackMessages.ReadCount(payload)
        );
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => netlink.Dispose();

    /// <returns>False where the kernel knows no filters.</returns>
    private bool TryDelete(FlowFilter filter)
    {
        try
        {
            netlink.Execute(
                filter.ToString(),
                ConntrackMessages.MessageType(IPCTNL_MSG_CT_DELETE),
                0,
                message => ConntrackMessages.Delete(message, filter)
            );
            return true;
        }
        catch (NetlinkException failure) when (failure.Errno == EINVAL || failure.Errno == EOPNOTSUPP)
        {
            return false;
        }
    }

    private void Delete(ConntrackEntry entry)
    {
        try
        {
            netlink.Execute(
                "conntrack -D",
                ConntrackMessages.MessageType(IPCTNL_MSG_CT_DELETE),
                0,
                message => ConntrackMessages.Delete(message, entry)
            );
        }
        catch (NetlinkException failure) when (failure.Errno == ENOENT)
        {
            // It ended by itself in between.
        }
    }
}
