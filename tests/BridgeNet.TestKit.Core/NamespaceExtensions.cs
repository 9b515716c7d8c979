using BridgeNet.Containers;
using BridgeNet.Native;

namespace BridgeNet.TestKit.Core;

/// <summary>What <c>ip netns</c> does, which asks nobody whose a namespace is; and who is in one.</summary>
internal static class NamespaceExtensions
{
    /// <summary>The threads of this process that live in a namespace, as their directories of /proc.</summary>
    public static string[] ThreadsOfOurs(this NetworkNamespace space) =>
        [
            .. Directory
                .GetDirectories("/proc/self/task")
                .Where(task =>
                {
                    try
                    {
                        return File.ResolveLinkTarget($"{task}/ns/net", returnFinalTarget: false)?.Name == $"net:[{space.Inode}]";
                    }
                    catch (IOException)
                    {
                        return false; // just ended
                    }
                }),
        ];

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
