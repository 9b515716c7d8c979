BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Invoke-BridgeContainer' {
    BeforeAll {
        New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeContainer c1 net | Out-Null
    }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns the lines of the program, as its OutputType says' {
        (Get-Command Invoke-BridgeContainer).OutputType.Name | Should -Be System.String
        Invoke-BridgeContainer c1 printf 'a\nb\n' | Should -Be a, b
    }

    It 'runs it in the namespace of the container' {
        Invoke-BridgeContainer c1 readlink /proc/self/ns/net | Should -Not -Be (Get-Item /proc/self/ns/net).LinkTarget
        (Invoke-BridgeContainer c1 cat /proc/net/dev) -match '^ *eth0:' | Should -HaveCount 1
    }

    It 'runs ip addr' {
        if (-not (Get-Command ip -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'ip is not installed' }
        (Invoke-BridgeContainer c1 ip addr) -match 'inet 10\.50\.0\.2/16' | Should -HaveCount 1
    }

    It 'sets $LASTEXITCODE' {
        Invoke-BridgeContainer c1 sh -c 'exit 3'
        $LASTEXITCODE | Should -Be 3
        Invoke-BridgeContainer c1 true
        $LASTEXITCODE | Should -Be 0
    }

    It 'passes each argument on as it is, never through a shell' {
        Invoke-BridgeContainer c1 printf '<%s>\n' 'a b' '$HOME' '*' ';' '' '"' | Should -Be '<a b>', '<$HOME>', '<*>', '<;>', '<>', '<">'
    }

    It 'passes arguments that look like parameters' {
        Invoke-BridgeContainer c1 printf '%s\n' -x --name=y -- -z | Should -Be '-x', '--name=y', '-z'
        Invoke-BridgeContainer c1 -- printf '%s\n' -v -n x -w -- | Should -Be '-v', '-n', 'x', '-w', '--'
        Invoke-BridgeContainer c1 printf -ArgumentList '%s\n', '-Verbose', '-n' | Should -Be '-Verbose', '-n'
    }

    It 'writes lines of stderr as errors, and continues' {
        $output = Invoke-BridgeContainer c1 sh -c 'echo out; echo err >&2; echo more' -ErrorVariable problem -ErrorAction SilentlyContinue
        $output | Should -Be out, more
        $problem.Exception.Message | Should -Be err
        Invoke-BridgeContainer c1 sh -c 'echo err >&2' 2>&1 | ForEach-Object { "$_" } | Should -Be err
    }

    It 'does not stop at stderr because of $ErrorActionPreference, as other programs do not' {
        $ErrorActionPreference = 'Stop'
        Invoke-BridgeContainer c1 sh -c 'echo err >&2; echo out; exit 4' 2>$null | Should -Be out
        $LASTEXITCODE | Should -Be 4
    }

    It 'stops at stderr where -ErrorAction Stop was typed' {
        { Invoke-BridgeContainer c1 sh -ArgumentList '-c', 'echo err >&2; sleep 100' -ErrorAction Stop } | Should -Throw err -ErrorId 'ProgramError,*'
    }

    It 'writes lines immediately, so that Select-Object -First ends a running program' {
        Invoke-BridgeContainer c1 yes | Select-Object -First 2 | Should -Be y, y
    }

    It 'accepts containers by property name' {
        Get-BridgeContainer | Invoke-BridgeContainer -Program echo -ArgumentList x | Should -Be x
        [pscustomobject]@{ Name = 'c1' } | Invoke-BridgeContainer -Program echo -ArgumentList x | Should -Be x
    }

    It 'finds the container by a prefix of its id' {
        Invoke-BridgeContainer (Get-BridgeContainer c1).ShortId echo x | Should -Be x
    }

    It 'refuses <command> with <id>' -ForEach @(
        @{ command = 'Invoke-BridgeContainer nosuch true'; id = 'ContainerNotFound' }
        @{ command = 'Invoke-BridgeContainer c1 nosuchprogram'; id = 'ProgramNotFound' }
    ) {
        { Invoke-Expression "$command -ErrorAction Stop" } | Should -Throw -ErrorId "$id,BridgeNet.Commands.InvokeBridgeContainerCommand"
    }

    It 'completes containers' {
        Get-Completion 'Invoke-BridgeContainer c' | Should -Be c1
    }
}
