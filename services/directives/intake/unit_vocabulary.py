"""Words in lower case inside units' names, by field of work: a closed vocabulary, unlike the verbs that may follow a name."""

from typing import Final

_FIELDS: Final = """
    quản lý kết cấu hạ tầng kỹ thuật giao thông đường bộ đường sắt đường thủy nội địa hàng hải hàng không cảng vụ bến bãi vận tải
    đăng kiểm đô thị nhà ở công sở công viên cây xanh chiếu sáng nghĩa trang vật liệu quy hoạch kiến trúc xây dựng công trình dân
    dụng chất lượng giám định kiểm định kiểm nghiệm dự án đầu tư công đấu thầu tái định cư bồi thường giải phóng mặt bằng quỹ đất
    đất đai đo đạc bản đồ viễn thám địa chính địa chất khoáng sản tài nguyên nước biển hải đảo môi trường khí hậu khí tượng thủy
    văn rác chất thải nông nghiệp nông thôn lâm nghiệp thủy sản thủy lợi đê điều hồ đập tưới tiêu chăn nuôi thú y trồng trọt bảo vệ
    thực vật giống cây vật nuôi khuyến nông khuyến ngư khuyến công kiểm lâm kiểm ngư rừng phòng hộ đặc dụng vườn quốc gia bảo tồn
    thiên nhiên muối cứu trợ phòng chống thiên tai tìm kiếm cứu nạn cứu hộ chữa cháy phòng cháy ứng phó sự cố dân sự biến đổi giảm
    nhẹ công nghiệp công thương điện năng lượng xăng dầu khí đốt mỏ than luyện kim cơ khí dệt may chế biến chế tạo khu chế xuất cụm
    kinh tế cửa khẩu thương mại thị trường xuất nhập khẩu nội địa nước ngoài quốc tế đối ngoại lãnh sự biên giới hội nhập xúc tiến
    hợp tác tập thể tư nhân doanh nghiệp khởi nghiệp hỗ trợ đăng ký kinh doanh cổ phần trách nhiệm hữu hạn một thành viên sản xuất
    dịch vụ cung ứng phân phối bán lẻ tài chính ngân sách giá công sản kho bạc thuế lệ phí thu nợ kê khai tín dụng tiết kiệm chính
    sách tiền tệ bảo hiểm thống kê kiểm toán nội vụ tổ chức bộ máy biên chế cán bộ công chức viên chức nhân sự tiền lương thi đua
    khen thưởng tôn giáo dân tộc thanh niên lưu trữ hành chính quản trị tổng hợp văn thư tiếp dân một cửa pháp chế tư pháp hộ tịch
    quốc tịch bổ trợ công chứng đấu giá tài sản trợ giúp pháp lý thi hành án hình sự điều tra tội phạm ma túy trật tự xã hội an
    toàn vệ sinh lao động việc làm thất nghiệp người có công trẻ em cao tuổi khuyết tật mồ côi bảo trợ nuôi dưỡng điều dưỡng cai
    nghiện bình đẳng giới phụ nữ nông dân cựu chiến binh chữ thập đỏ khuyến học nhân đạo y tế dự phòng kiểm soát bệnh tật nhi phụ
    sản lao phổi da liễu tâm thần mắt răng hàm mặt huyết học truyền máu y học cổ truyền sức khỏe sinh sản dân số kế hoạch hóa gia
    đình dược phẩm mỹ phẩm thực phẩm pháp y giám sát đa khoa khám chữa điều trị hồi cấp hành nghề giáo dục đào tạo mầm non mẫu giáo
    tiểu trung cơ sở phổ thông thường xuyên hướng nghiệp dạy nghề cao đẳng đại sư phạm chuyên nội trú bán dân tộc năng khiếu khảo
    thí học sinh sinh viên chính trị bộ môn khoa phòng ban văn hóa nghệ thuật di sản tích danh thắng bảo tàng thư viện thể dục thể
    thao du lịch thông tin truyền thông báo chí xuất bản phát thanh truyền hình cơ sở điện tử số hóa chuyển đổi công nghệ dữ liệu
    an ninh mạng khoa học sáng kiến sáng tạo tiêu chuẩn đo lường sở hữu trí tuệ bưu chính viễn thông tần số vô tuyến nhà văn nhà
    báo luật gia kế toán kiều bào hữu nghị cựu giáo chức quân sự quốc phòng bộ đội biên phòng cảnh sát cơ động xuất nhập cảnh hậu
    cần tham mưu tác chiến chính ủy huấn luyện bộ binh công binh nhân dân nhà nước đảng chính phủ trung ương địa phương khu vực
    vùng miền bắc nam tây đông liên ngành liên quan chuyên ngành chuyên môn sự nghiệp đoàn thể khối cơ quan ủy viên hội đồng quỹ vì
    người nghèo phát triển bền vững nghiệp vụ kiểm tra thanh tra nội bộ bảo mật cơ yếu cải cách thủ tục kiểm soát chiến lược chính
    sách nghiên cứu ứng dụng tiến bộ kỹ thuật tư vấn giới thiệu phục vụ khai thác vận hành bảo trì sửa chữa cấp thoát nước sạch
    điều hành thông minh xử lý nước thải cầu đường quốc lộ cao tốc phà bến xe nhà ga cảng cá tàu bè số tỉnh huyện thị xã phường
    quận thành phố trấn thôn bản ấp khu tổ dân đặc cấp thuộc trực của và các tại trên địa bàn sở bộ cục vụ văn phòng trụ đại diện
    chi nhánh tuyến đường hồ kênh sông nhà máy thủy điện nhiệt điện lưới truyền tải trạm phân xưởng đội tổ nhóm dư nghỉ mát nhà
    khách ban quản lý tòa nhà chung cư vận động viên diễn tuồng chèo cải lương ca múa nhạc xiếc điện ảnh múa rối trái phiếu giao
    dịch chứng khoán thu hồi thẻ đúc tiền dự trữ quốc hội chủ tịch cải tạo giam giữ phạm nhân giáo dưỡng thiếu niên nhi đồng trung
    tâm công tác dạy trưởng phó thường chuyên trách giúp việc chợ đò phố hoa cây kiểng rau chè cà phê lúa hang động đền chùa lăng
    thành cổ vịnh đầm tang lễ hỏa táng xe buýt công ích cư trú lễ tân khánh tiết đại biểu mới chấp hành pháp luật phổ biến kết quả
    trả cộng đồng bầu cử tuyển sinh tuyển dụng xung kích tự quản nghĩa vụ nhiệm kỳ hành khách công cộng mua sắm tập trung thuốc vắc
    xin phim ẩm thực làng gốm thấp trũng lõi đệm cha mẹ tối cao
"""

NAME_WORDS: Final = frozenset(_FIELDS.split())
"""Syllables that a name goes on with after the second syllable of a word; any other one begins what is to be done."""
