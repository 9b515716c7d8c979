using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Rtnetlink;

/// <content>Links that are on another one.</content>
public sealed partial class RtnetlinkConnection
{
    /// <inheritdoc/>
    public bool Has(UpperKind kind)
    {
        try
        {
            netlink.Execute($"ip link add type {kind.Name}", RTM_NEWLINK, Create, message => LinkMessages.Upper(message, 0, kind));
            return true;
        }
        catch (NetlinkException refused)
        {
            // Nothing is created without a lower link: only a kernel that knows the kind asks for it.
            return refused.Errno != EOPNOTSUPP;
        }
    }

    /// <inheritdoc/>
    public void CreateUpper(
        string name,
        int lower,
        UpperKind kind,
        MacAddress? mac = null,
        int mtu = 0,
        uint group = 0,
        SafeHandle? inside = null
    )
    {
        void Add(int? fd) =>
            netlink.Execute(
                $"ip link add link {lower} name {name} type {kind.Name} {kind.Words}",
                RTM_NEWLINK,
                Create,
                message => LinkMessages.Upper(message, name, lower, kind, mac, mtu, group, fd)
            );
        if (inside is null)
            Add(null);
        else
            With(inside, fd => Add(fd));
    }

    /// <inheritdoc/>
    public void SetUpper(int index, UpperKind kind) =>
        netlink.Execute(
            $"ip link set {index} type {kind.Name} {kind.Words}",
            RTM_NEWLINK,
            0,
            message => LinkMessages.Upper(message, index, kind)
        );
}
