BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Export-BridgeNetwork and Import-BridgeNetwork' {
    BeforeEach {
        Clear-Lab
        New-BridgeNetwork web -Subnet 10.90.0.0/24, fd00:90::/64 -Label purpose=test | Out-Null
        New-BridgeContainer c1 -Network web -IPAddress 10.90.0.20 -Alias www -Publish 18080:80 | Out-Null
        New-BridgeContainer c2 -Network none | Out-Null
    }
    AfterAll { Clear-Lab; Assert-NothingRemains }

    It 'bring the same again' {
        $before = Export-BridgeNetwork
        $network = Get-BridgeNetwork web
        Clear-Lab
        $made = $before | Import-BridgeNetwork
        $made.Id | Should -Be $network.Id
        Export-BridgeNetwork | Should -Be $before
        Test-BridgeNetwork | Should -BeTrue
        (Get-BridgeContainer).Name | Should -Be c1, c2
        Get-BridgePort c1 | Should -Not -BeNullOrEmpty
    }

    It 'accepts lines, as from Get-Content' {
        $before = Export-BridgeNetwork
        Clear-Lab
        ($before -split "`n" | Import-BridgeNetwork).Name | Should -Be web
    }

    It 'exports networks from the pipeline, with only their containers' {
        $document = Get-BridgeNetwork web | Export-BridgeNetwork | ConvertFrom-Json
        $document.Networks.Name | Should -Be web
        $document.Containers.Name | Should -Be c1
    }

    It '-WhatIf creates nothing' {
        $before = Export-BridgeNetwork
        Clear-Lab
        $before | Import-BridgeNetwork -WhatIf 6>&1 | Out-Null
        Get-BridgeContainer | Should -BeNullOrEmpty
    }

    It 'reports each existing object once' {
        Export-BridgeNetwork | Import-BridgeNetwork -ErrorVariable problems -ErrorAction SilentlyContinue
        $there = @(Get-BridgeContainer | ForEach-Object { "ContainerExists $_" }) + @(Get-BridgeNetwork | Where-Object { $_.BridgeName -or $_.ConfigOnly } | ForEach-Object { "NetworkExists $_" }) | Sort-Object
        $problems | ForEach-Object { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.TargetObject)" } | Sort-Object | Should -Be $there
    }

    It 'refuse <text> with InvalidTopology' -ForEach @(@{ text = '' }, @{ text = 'nonsense' }, @{ text = '{}' }, @{ text = '{"Version":9}' }, @{ text = '{"Version":1,"Networks":[null]}' }) {
        { $text | Import-BridgeNetwork -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidTopology,BridgeNet.Commands.ImportBridgeNetworkCommand'
    }

    It 'refuse a network that is not there' {
        { Export-BridgeNetwork nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'NetworkNotFound,BridgeNet.Commands.ExportBridgeNetworkCommand'
    }
}
