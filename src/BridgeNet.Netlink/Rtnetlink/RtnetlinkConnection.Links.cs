using System.Diagnostics;
using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Rtnetlink;

/// <content>Changes of existing links.</content>
public sealed partial class RtnetlinkConnection
{
    /// <summary>Sets flags of a bridge port; null leaves a flag unchanged.</summary>
    /// <param name="index">The port.</param>
    /// <param name="isolated">Whether frames from it to other isolated ports are dropped.</param>
    /// <param name="hairpin">
    /// Whether frames may leave through the port they came in by, which an endpoint needs to use its own published port.
    /// </param>
    /// <param name="learning">Whether the bridge learns MAC addresses from its frames.</param>
    public void SetBridgePort(int index, bool? isolated = null, bool? hairpin = null, bool? learning = null) =>
        netlink.Execute(
            $"ip link set {index} type bridge_slave",
            RTM_NEWLINK,
            0,
            message => LinkMessages.BridgePort(message, index, isolated, hairpin, learning)
        );

    /// <summary>Adds a static forwarding entry for a port, which replaces learned entries.</summary>
    public void ReplaceForwarding(int index, MacAddress mac) =>
        netlink.Execute(
            $"bridge fdb replace {mac} dev {index} master static sticky",
            RTM_NEWNEIGH,
            NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_REPLACE,
            message => ForwardingMessages.Entry(message, index, mac)
        );

    /// <summary>Removes that entry, if it exists; frames to the address go to all ports until the bridge learns it again.</summary>
    public void RemoveForwarding(int index, MacAddress mac) =>
        Allow(
            ENOENT,
            () =>
                netlink.Execute(
                    $"bridge fdb delete {mac} dev {index} master",
                    RTM_DELNEIGH,
                    0,
                    message => ForwardingMessages.Entry(message, index, mac)
                )
        );

    /// <summary>The forwarding databases of all bridges.</summary>
    public IReadOnlyList<ForwardingEntry> GetForwarding() =>
        netlink.Dump("bridge fdb show", RTM_GETNEIGH, ForwardingMessages.All, static (_, payload) => ForwardingMessages.Read(payload));

    /// <summary>Sets the MTU, in bytes.</summary>
    public void SetMtu(int index, int mtu) =>
        netlink.Execute($"ip link set {index} mtu {mtu}", RTM_NEWLINK, 0, message => LinkMessages.Mtu(message, index, mtu));

    /// <summary>Renames a link; kernels before 6.2 refuse this for a link that is up.</summary>
    public void SetName(int index, string name) =>
        netlink.Execute($"ip link set {index} name {name}", RTM_NEWLINK, 0, message => LinkMessages.Name(message, index, name));

    /// <summary>Renames a link, on any kernel; a link that is up may be down for a moment.</summary>
    public void Rename(int index, string name)
    {
        try
        {
            SetName(index, name);
        }
        catch (NetlinkException failure) when (failure.Errno == EBUSY)
        {
            netlink.Execute(
                $"ip link set {index} down",
                RTM_NEWLINK,
                0,
                message => message.Struct(new IfInfoMsg(0, 0, 0, index, 0, IFF_UP))
            );
            SetName(index, name);
            SetUp(index);
        }
    }

    /// <summary>Sets the alias of a link.</summary>
    public void ReplaceAlias(int index, string alias) =>
        netlink.Execute($"ip link set {index} alias '{alias}'", RTM_SETLINK, 0, message => LinkMessages.Alias(message, index, alias));

    /// <summary>Adds a link to a bridge as a port.</summary>
    public void SetMaster(int index, int master) =>
        netlink.Execute($"ip link set {index} master {master}", RTM_NEWLINK, 0, message => LinkMessages.Master(message, index, master));

    /// <summary>Sets the MAC address of a link.</summary>
    public void SetMac(int index, MacAddress mac) =>
        netlink.Execute($"ip link set {index} address {mac}", RTM_NEWLINK, 0, message => LinkMessages.Mac(message, index, mac));

    /// <summary>Moves a link to an interface group.</summary>
    public void SetGroup(int index, uint group) =>
        netlink.Execute($"ip link set {index} group {group}", RTM_NEWLINK, 0, message => LinkMessages.Group(message, index, group));

    /// <inheritdoc/>
    public void SetUpper(int index, UpperKind kind) =>
        netlink.Execute(
            $"ip link set {index} type {kind.Name} {kind.Words}",
            RTM_NEWLINK,
            0,
            message => LinkMessages.Upper(message, index, kind)
        );

    /// <summary>
    /// Waits until a bridge port forwards frames. The kernel's link watch makes it forward shortly after the other end of its veth pair is
    /// set up. Since Linux 6.8, reading a link runs the link watch (linkwatch_sync_dev), so usually the first reading shows that it
    /// forwards.
    /// </summary>
    /// <returns>False after the timeout, for example with spanning tree enabled, or if it is no bridge port.</returns>
    public bool WaitForForwarding(int index, TimeSpan bound)
    {
        for (long start = Stopwatch.GetTimestamp(); FindLink(index)?.PortState is { } state; Thread.Sleep(1))
        {
            if (state == BR_STATE_FORWARDING)
                return true;
            if (Stopwatch.GetElapsedTime(start) >= bound)
                return false;
        }
        return false;
    }
}
