using BridgeNet.Namespaces;
using BridgeNet.Native;

namespace BridgeNet.EngineProbe;

/// <summary>What <c>ip netns</c> does: it asks nobody whose a namespace is.</summary>
internal static class NamespaceExtensions
{
    extension(NetworkNamespace)
    {
        /// <summary><c>ip netns add</c></summary>
        public static NetworkNamespace Create(string path)
        {
            NetworkNamespace space = NetworkNamespace.Create();
            space.Keep(path);
            return space;
        }

        /// <summary><c>ip netns delete</c></summary>
        public static void Delete(string path)
        {
            if (!File.Exists(path))
                return;
            Syscalls.UnmountDetach(path);
            File.Delete(path);
        }
    }
}
