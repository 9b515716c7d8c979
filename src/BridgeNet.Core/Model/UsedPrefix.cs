using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Model;

/// <summary>Who may have a range; where several have the same addresses, the first of these is reported.</summary>
internal enum UsedBy
{
    Network,
    Route,
    Address,
    NameServer,
}

/// <summary>A range that a new subnet has to keep clear of, and whose it is.</summary>
/// <param name="Network">The range.</param>
/// <param name="By">What has it.</param>
/// <param name="Name">The name of the network; empty for others.</param>
/// <param name="LinkIndex">The link that it is on; 0 for none. Its name is looked up only for an error.</param>
internal sealed record UsedPrefix(IPNetwork Network, UsedBy By, string Name = "", int LinkIndex = 0)
{
    private readonly (UInt128 First, UInt128 Last) _bounds = AddressNumber.Bounds(Network);

    /// <summary>The first address as a number.</summary>
    public UInt128 First => _bounds.First;

    /// <summary>The last address as a number.</summary>
    public UInt128 Last => _bounds.Last;

    public AddressFamily Family => Network.BaseAddress.AddressFamily;

    /// <summary>A single address.</summary>
    public static UsedPrefix OfAddress(IPAddress address, UsedBy by, int linkIndex = 0) =>
        new(new IPNetwork(address, AddressNumber.Bits(address.AddressFamily)), by, "", linkIndex);
}
