using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;

namespace BridgeNet.Names;

/// <summary>
/// The host's name servers; a network that contains one of them would hide it from the host (moby checks this, too).
/// </summary>
internal static class Nameservers
{
    public static IEnumerable<IPAddress> Read(IHostFiles files, AddressFamily family)
    {
        foreach (string line in files.Read(ResolvConf.HostPath)?.Split('\n') ?? [])
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (
                words is ["nameserver", var text, ..]
                && IPAddress.TryParse(text, out IPAddress? server)
                && server.AddressFamily == family
                && !IPAddress.IsLoopback(server)
            )
            {
                yield return server;
            }
        }
    }
}
