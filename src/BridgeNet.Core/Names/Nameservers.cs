using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Names;

/// <summary>The host's name servers; a network over one of them would cut the host off from it (moby does the same).</summary>
internal static class Nameservers
{
    public static IEnumerable<IPAddress> Read(AddressFamily family)
    {
        const string Path = "/etc/resolv.conf";
        string[] lines = File.Exists(Path) ? File.ReadAllLines(Path) : [];
        foreach (string line in lines)
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
