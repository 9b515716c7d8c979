using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Core.Tests.Rtnetlink;

/// <summary>
/// What <see cref="RtnetlinkConnection"/> sends to a kernel that agrees to everything and knows one link, of index 2, with the address that
/// it was given.
/// </summary>
internal static class Requests
{
    private const ushort RTM_NEWLINK = 16,
        RTM_GETLINK = 18;
    private const byte IFLA_ADDRESS = 1;
    private const int Headers = 32; // nlmsghdr and ifinfomsg

    /// <summary>The requests of some work, each with a zero for its number.</summary>
    public static IReadOnlyList<byte[]> Of(Action<RtnetlinkConnection> work)
    {
        byte[] address = [];
        FakeKernel kernel = new(request =>
        {
            uint sequence = FakeKernel.SequenceOf(request);
            byte[] ack = FakeKernel.Ack(sequence);
            ushort type = BitConverter.ToUInt16(request, 4);
            if (type == RTM_NEWLINK)
                address = AddressOf(request);
            return type == RTM_GETLINK
                ? [FakeKernel.Message(RTM_NEWLINK, 0, sequence, [0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. address]), ack]
                : [ack];
        });
        using RtnetlinkConnection links = new(new NetlinkConnection(kernel));
        work(links);
        foreach (byte[] request in kernel.Requests)
            request.AsSpan(8, 4).Clear();
        return kernel.Requests;
    }

    /// <summary>The attribute with the address of a request for a new link; empty without one.</summary>
    private static byte[] AddressOf(byte[] request)
    {
        foreach (NetlinkAttribute attribute in new NetlinkReader(request.AsSpan(Headers)))
        {
            if (attribute.Type == IFLA_ADDRESS)
                return [10, 0, IFLA_ADDRESS, 0, .. attribute.Value, 0, 0];
        }
        return [];
    }

    /// <summary>Asserts that the only request is the bytes that <c>ip</c> sends.</summary>
    public static void AssertSame(string ip, Action<RtnetlinkConnection> work) => AssertSame(ip, Assert.Single(Of(work)));

    /// <inheritdoc cref="AssertSame(string, Action{RtnetlinkConnection})"/>
    public static void AssertSame(string ip, byte[] request) => Assert.Equal(Hex.Rows(Hex.Bytes(ip)), Hex.Rows(request));
}
