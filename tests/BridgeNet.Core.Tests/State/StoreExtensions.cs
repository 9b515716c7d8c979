using BridgeNet.State;

namespace BridgeNet.Core.Tests.State;

/// <summary>A store in few words, for tests that have it for themselves.</summary>
internal static class StoreExtensions
{
    extension(IStateStore store)
    {
        /// <summary>
        /// What it says now, and at each later question then: the snapshot has ended, and its connection goes on reading.
        /// </summary>
        public IStateReader Reader
        {
            get
            {
                using IStateSnapshot ended = store.Snapshot();
                return ended;
            }
        }
    }
}
