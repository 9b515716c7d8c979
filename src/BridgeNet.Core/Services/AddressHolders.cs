using System.Net;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>The owners of addresses on a network: endpoints, and containers with a reservation.</summary>
internal sealed class AddressHolders
{
    private readonly Dictionary<IPAddress, string> _addresses = [];
    private readonly Dictionary<MacAddress, string> _macs = [];

    public AddressHolders(IReadOnlyList<EndpointRow> endpoints, IReadOnlyList<Reservation> reservations, Func<string, string> nameOf)
    {
        foreach (EndpointRow endpoint in endpoints)
        {
            string owner = $"container '{endpoint.ContainerName}'";
            Add(owner, endpoint.MacAddress, [endpoint.IPAddress, endpoint.IPv6Address, .. endpoint.LinkLocalAddresses]);
        }
        foreach (Reservation reservation in reservations)
            Add(
                $"container '{nameOf(reservation.ContainerId)}', which has reserved it",
                reservation.MacAddress,
                [reservation.IPAddress, reservation.IPv6Address]
            );
    }

    public IReadOnlySet<IPAddress> Addresses => _addresses.Keys.ToHashSet();

    public string? Of(IPAddress address) => _addresses.GetValueOrDefault(address);

    public string? Of(MacAddress mac) => _macs.GetValueOrDefault(mac);

    private void Add(string owner, MacAddress? mac, IEnumerable<IPAddress?> addresses)
    {
        if (mac is { } known)
            _macs.TryAdd(known, owner);
        foreach (IPAddress address in addresses.OfType<IPAddress>())
            _addresses.TryAdd(address, owner);
    }
}
