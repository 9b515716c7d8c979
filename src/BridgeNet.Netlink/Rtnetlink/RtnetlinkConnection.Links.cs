using System.Diagnostics;
using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Rtnetlink;

/// <content>Changes to one property of a link that is there.</content>
public sealed partial class RtnetlinkConnection
{
    /// <summary>Sets flags of a bridge's port; null leaves one as it is.</summary>
    /// <param name="index">The port.</param>
    /// <param name="isolated">Whether frames from it to other isolated ports are dropped.</param>
    /// <param name="hairpin">Whether frames may go out where they came in, as an endpoint needs to use its own published port.</param>
    /// <param name="learning">Whether the bridge learns from its frames who is behind it.</param>
    public void SetBridgePort(int index, bool? isolated = null, bool? hairpin = null, bool? learning = null) =>
        netlink.Execute(
            $"ip link set {index} type bridge_slave",
            RTM_NEWLINK,
            0,
            message => LinkMessages.BridgePort(message, index, isolated, hairpin, learning)
        );

    /// <summary>Gives a bridge a static entry of who is behind a port, whatever it would learn otherwise.</summary>
    public void ReplaceForwarding(int index, MacAddress mac) =>
        netlink.Execute(
            $"bridge fdb replace {mac} dev {index} master static sticky",
            RTM_NEWNEIGH,
            NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_REPLACE,
            message => ForwardingMessages.Entry(message, index, mac)
        );

    /// <summary>Takes that back, where it is so; frames to the address go to all ports until the bridge learns anew.</summary>
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

    /// <summary>Renames a link; the kernel before 6.2 refuses it for one that is up.</summary>
    public void SetName(int index, string name) =>
        netlink.Execute($"ip link set {index} name {name}", RTM_NEWLINK, 0, message => LinkMessages.Name(message, index, name));

    /// <summary>Renames a link, whatever the kernel; one that is up it may take down for a moment.</summary>
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

    /// <summary>Says whose a link is.</summary>
    public void ReplaceAlias(int index, string alias) =>
        netlink.Execute($"ip link set {index} alias '{alias}'", RTM_SETLINK, 0, message => LinkMessages.Alias(message, index, alias));

    /// <summary>Makes a link a port of a bridge.</summary>
    public void SetMaster(int index, int master) =>
        netlink.Execute($"ip link set {index} master {master}", RTM_NEWLINK, 0, message => LinkMessages.Master(message, index, master));

    /// <summary>Gives a link another Ethernet address.</summary>
    public void SetMac(int index, MacAddress mac) =>
        netlink.Execute($"ip link set {index} address {mac}", RTM_NEWLINK, 0, message => LinkMessages.Mac(message, index, mac));

    /// <summary>Puts a link into an interface group.</summary>
    public void SetGroup(int index, uint group) =>
        netlink.Execute($"ip link set {index} group {group}", RTM_NEWLINK, 0, message => LinkMessages.Group(message, index, group));

    /// <summary>
    /// Waits until a bridge's port takes frames. It does so a moment after the other end of its veth pair came up, when
    /// the kernel's link watch has run. Since Linux 6.8 asking for a link runs it (linkwatch_sync_dev), so the first answer is mostly yes.
    /// </summary>
    /// <returns>False when the bound passed first, as with spanning tree on, or when it is no bridge's port.</returns>
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
